#pragma once

#include "domain/pusher_search.hpp"
#include "domain/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace pusherd::net {

/// Counts all pushers, by app and by gateway host, in slices: in between, the thread is everybody's. What is registered
/// or removed meanwhile is counted or is not.
class pusher_count final : private domain::search_visitor {
public:
    /// Counts those of some users more.
    /// @return whether there are more
    [[nodiscard]] bool count_some(domain::store_reader& reader);

    /// What has been counted, as a JSON object.
    [[nodiscard]] std::string to_json() const;

private:
    using counts = std::map<std::string, std::uint64_t>;

    bool visit(const domain::found_pusher& pusher) override;
    void count(counts& of, std::string name, std::uint64_t& others);

    std::optional<domain::search_position> next_ = domain::search_position{};
    std::string last_user_;
    std::uint64_t users_ = 0;
    std::uint64_t pushers_ = 0;
    std::uint64_t disabled_ = 0;
    counts apps_;
    counts hosts_;
    std::uint64_t other_apps_ = 0;
    std::uint64_t other_hosts_ = 0;
};

}  // namespace pusherd::net
