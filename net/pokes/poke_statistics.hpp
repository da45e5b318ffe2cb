#pragma once

#include "domain/pokes/delivery_failure.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace pusherd::net {

/// What came of pokes at one gateway, each counted for each pusher.
struct gateway_statistics {
    static constexpr std::size_t kinds = static_cast<std::size_t>(domain::failure_kind::blocked) + 1;

    std::uint64_t delivered = 0;
    std::uint64_t rejected = 0;
    std::uint64_t dropped = 0;
    std::array<std::uint64_t, kinds> failed{};  ///< tries, by failure_kind
};

/// The same of many. There is no end to gateways: those that come after the first hundred are counted as one. Any
/// thread.
class poke_statistics {
public:
    using gateways = std::map<std::string, gateway_statistics>;

    /// @param change is given the gateway's
    template <class Change>
    void count(const std::string& gateway, Change&& change) {
        const std::lock_guard lock(mutex_);
        change(of(gateway));
    }

    [[nodiscard]] gateways look() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    gateway_statistics& of(const std::string& gateway);

    mutable std::mutex mutex_;
    gateways all_;
};

}  // namespace pusherd::net
