#include "net/pokes/poke_statistics.hpp"

#include "net/pokes/bounds.hpp"

namespace pusherd::net {

gateway_statistics& poke_statistics::of(const std::string& gateway) {
    const auto found = all_.find(gateway);
    if (found != all_.end()) return found->second;
    return all_[all_.size() < poke_bounds::gateways_in_metrics ? gateway : "other"];
}

}  // namespace pusherd::net
