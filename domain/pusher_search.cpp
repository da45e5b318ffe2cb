#include "domain/pusher_search.hpp"

#include "domain/shown_pusher.hpp"

namespace pusherd::domain {
namespace {

bool is_same(const std::optional<std::string>& wanted, std::string_view found) { return !wanted || *wanted == found; }

}  // namespace

// What is cheap to see comes first: a search looks at many.
bool matches(const pusher_filter& filter, const found_pusher& pusher) {
    if (!is_same(filter.user_id, pusher.user_id)) return false;
    if (filter.device_id && *filter.device_id != pusher.state.device_id) return false;
    if (filter.app_id || filter.pushkey) {
        const pusher_key key = key_of_shown(pusher.shown);
        if (!is_same(filter.app_id, key.app_id) || !is_same(filter.pushkey, key.pushkey)) return false;
    }
    return !filter.gateway_host || *filter.gateway_host == gateway_host_of_shown(pusher.shown);
}

}  // namespace pusherd::domain
