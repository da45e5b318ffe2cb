#include "domain/pokes/pusher_health.hpp"

namespace pusherd::domain {

std::string_view to_string(pusher_condition how) noexcept {
    switch (how) {
        case pusher_condition::idle: return "idle";
        case pusher_condition::ok: return "ok";
        case pusher_condition::failing: return "failing";
        case pusher_condition::blocked: return "blocked";
        case pusher_condition::disabled: return "disabled";
    }
    return "idle";
}

pusher_condition condition_of(const pusher_health& pusher) noexcept {
    if (!pusher.enabled) return pusher_condition::disabled;
    if (pusher.failing_since != 0)
        return pusher.failure.kind == failure_kind::blocked ? pusher_condition::blocked : pusher_condition::failing;
    return pusher.last_success != 0 ? pusher_condition::ok : pusher_condition::idle;
}

}  // namespace pusherd::domain
