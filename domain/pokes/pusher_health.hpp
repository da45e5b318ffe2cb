#pragma once

#include "domain/change.hpp"
#include "domain/pokes/delivery_failure.hpp"
#include "domain/pusher.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a user, and an operator, can see of whether pushers work.
namespace pusherd::domain {

/// How a pusher does.
enum class pusher_condition : std::uint8_t {
    idle,      ///< nothing has been sent yet
    ok,        ///< the last poke that was tried has come through
    failing,   ///< the gateway does not take what it is sent
    blocked,   ///< pusherd may not connect to the gateway
    disabled,  ///< the user wants no pokes
};

/// As the API has it.
[[nodiscard]] std::string_view to_string(pusher_condition how) noexcept;

struct pusher_health {
    pusher_key key;
    pusher_kind kind = pusher_kind::http;
    bool enabled = true;
    std::uint32_t queued = 0;     ///< pokes that wait
    std::uint64_t sent = 0;       ///< pokes that the gateway has taken
    std::uint64_t dropped = 0;    ///< pokes that were not sent: too many, too old, or not understood
    timestamp last_success = 0;   ///< 0: never
    timestamp failing_since = 0;  ///< 0: it does not fail
    delivery_failure failure{};   ///< the last one, also of a pusher that is well again
};

[[nodiscard]] pusher_condition condition_of(const pusher_health& pusher) noexcept;

/// A pusher that is no more because its gateway has rejected the pushkey.
struct pusher_tombstone {
    pusher_key key;
    timestamp removed = 0;
    std::string url;  ///< of the gateway
};

struct users_health {
    std::vector<pusher_health> pushers;  ///< as a list has them
    std::vector<pusher_tombstone> tombstones;
};

}  // namespace pusherd::domain
