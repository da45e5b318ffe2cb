#include "net/pokes/outcomes.hpp"

#include "net/wall_clock.hpp"

#include <string>

namespace pusherd::net {

using domain::failure_kind;

domain::delivery_failure failure_of(unsigned status) {
    return {failure_kind::status, static_cast<std::uint16_t>(status),
            "the push gateway answered " + std::to_string(status)};
}

domain::delivery_failure without_list() {
    return {failure_kind::answer, 0, "the push gateway's answer has no list 'rejected'"};
}

domain::delivery_failure without_host() { return {failure_kind::name, 0, "'data.url' names no host"}; }

domain::poke_result result_of(const domain::poke_target& to, domain::poke_result::what came) {
    domain::poke_result result;
    result.queue = to.queue;
    result.user_id = to.user_id;
    result.key = to.key;
    result.came = came;
    result.at = now_in_milliseconds();
    result.updated = to.updated;
    result.sets = to.sets;
    return result;
}

}  // namespace pusherd::net
