#include "net/api/routes.hpp"

#include "net/api/description.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

namespace pusherd::net {
namespace {

using boost::beast::http::verb;

/// A path, and what its methods ask for. `{}` is an open part, `{*}` the rest of the path.
struct route {
    std::string_view path;
    verb method;
    endpoint target;
    std::optional<endpoint> on_delete{};  // beside the method
};

// The whole API on one screen. A linear search is fast enough for as many.
constexpr route routes[] = {
    {"/_matrix/client/v3/pushers", verb::get, endpoint::list_pushers},
    {"/_matrix/client/v3/pushers/set", verb::post, endpoint::set_pusher},
    {"/_matrix/client/r0/pushers", verb::get, endpoint::list_pushers},
    {"/_matrix/client/r0/pushers/set", verb::post, endpoint::set_pusher},
    {"/_matrix/client/unstable/pushers", verb::get, endpoint::list_pushers},
    {"/_matrix/client/unstable/pushers/set", verb::post, endpoint::set_pusher},
    {"/_matrix/client/api/v1/pushers", verb::get, endpoint::list_pushers},
    {"/_matrix/client/api/v1/pushers/set", verb::post, endpoint::set_pusher},
    {"/_matrix/client/unstable/pusherd/pushers/{}/{*}", verb::delete_, endpoint::delete_pusher},
    {"/_matrix/client/versions", verb::get, endpoint::versions},
    {"/health", verb::get, endpoint::health},
    {"/_pusherd/v1/openapi.json", verb::get, endpoint::description},
    {"/_pusherd/v1/sessions/end", verb::post, endpoint::end_sessions},
    {"/_pusherd/v1/notify", verb::post, endpoint::notify},
    {"/_pusherd/v1/pushers", verb::get, endpoint::show_health},
    {"/_pusherd/v1/pushers/test", verb::post, endpoint::test_pusher},
    {"/_pusherd/v1/admin/pushers", verb::get, endpoint::find_pushers, endpoint::remove_pushers},
    {"/_pusherd/v1/admin/pushers/{}/{}/{*}", verb::delete_, endpoint::remove_pusher},
    {"/_pusherd/v1/admin/counts", verb::get, endpoint::count_pushers},
    {"/_synapse/admin/v1/users/{}/pushers", verb::get, endpoint::list_users_pushers},
    {"/_synapse/mas/delete_device", verb::post, endpoint::delete_device},
    {"/_synapse/mas/sync_devices", verb::post, endpoint::sync_devices},
    {"/_synapse/mas/delete_user", verb::post, endpoint::delete_user},
};
constexpr std::size_t mas_routes = 3;  // the last ones

constexpr route metrics_routes[] = {{"/metrics", verb::get, endpoint::metrics}};

std::span<const route> routes_of(surface which, bool has_mas) noexcept {
    if (which == surface::metrics) return metrics_routes;
    return std::span<const route>(routes).first(std::size(routes) - (has_mas ? 0 : mas_routes));
}

constexpr bool paths_are_unique() {
    for (std::size_t i = 0; i < std::size(routes); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (routes[i].path == routes[j].path) return false;
    return true;
}
static_assert(paths_are_unique(), "match() takes the first route of a path");

// Whether this build has it.
bool is_served(const route& known) noexcept { return known.target != endpoint::description || !description().empty(); }

// Whether the path has the pattern's shape.
bool fits(std::string_view pattern, std::string_view path, path_parameters& parameters) noexcept {
    for (std::size_t next = 0;;) {
        const std::size_t open = pattern.find('{');
        if (open == std::string_view::npos) return path == pattern;
        if (!path.starts_with(pattern.substr(0, open))) return false;
        path.remove_prefix(open);
        const bool is_rest = pattern.substr(open).starts_with("{*}");
        std::string_view& part = parameters[next++];
        part = is_rest ? path : path.substr(0, path.find('/'));
        if (part.empty()) return false;
        path.remove_prefix(part.size());
        pattern.remove_prefix(open + (is_rest ? 3 : 2));
    }
}

std::string_view allow_of(const route& known, surface of) noexcept {
    if (of == surface::metrics) return "GET, HEAD";
    if (known.on_delete) return "GET, HEAD, DELETE, OPTIONS";
    switch (known.method) {
        case verb::get: return "GET, HEAD, OPTIONS";
        case verb::delete_: return "DELETE, OPTIONS";
        default: return "POST, OPTIONS";
    }
}

std::optional<endpoint> target_of(const route& known, verb method) noexcept {
    if (method == known.method || (method == verb::head && known.method == verb::get)) return known.target;
    return method == verb::delete_ ? known.on_delete : std::nullopt;
}

}  // namespace

std::string_view to_string(endpoint target) noexcept {
    switch (target) {  // no default: -Wswitch keeps this complete
        case endpoint::list_pushers: return "list";
        case endpoint::set_pusher: return "set";
        case endpoint::delete_pusher: return "delete";
        case endpoint::versions: return "versions";
        case endpoint::health: return "health";
        case endpoint::description: return "description";
        case endpoint::end_sessions: return "end_sessions";
        case endpoint::notify: return "notify";
        case endpoint::show_health: return "pusher_health";
        case endpoint::test_pusher: return "pusher_test";
        case endpoint::list_users_pushers: return "admin_list";
        case endpoint::find_pushers: return "admin_find";
        case endpoint::remove_pushers: return "admin_remove_selection";
        case endpoint::remove_pusher: return "admin_remove";
        case endpoint::count_pushers: return "admin_count";
        case endpoint::delete_device: return "mas_delete_device";
        case endpoint::sync_devices: return "mas_sync_devices";
        case endpoint::delete_user: return "mas_delete_user";
        case endpoint::preflight: return "preflight";
        case endpoint::metrics: return "metrics";
        case endpoint::unknown: return "unknown";
    }
    return {};
}

access access_to(endpoint target) noexcept {
    switch (target) {
        case endpoint::list_pushers:
        case endpoint::set_pusher:
        case endpoint::delete_pusher:
        case endpoint::show_health:
        case endpoint::test_pusher: return access::user;
        case endpoint::end_sessions:
        case endpoint::notify: return access::service;
        case endpoint::list_users_pushers:
        case endpoint::find_pushers:
        case endpoint::remove_pushers:
        case endpoint::remove_pusher:
        case endpoint::count_pushers: return access::admin;
        case endpoint::delete_device:
        case endpoint::sync_devices:
        case endpoint::delete_user: return access::mas;
        case endpoint::versions:
        case endpoint::health:
        case endpoint::description:
        case endpoint::preflight:
        case endpoint::metrics:
        case endpoint::unknown: break;
    }
    return access::anybody;
}

std::variant<matched_route, no_such_path, no_such_method> match(verb method, std::string_view path, surface of,
                                                                bool has_mas) noexcept {
    if (method == verb::options && of == surface::api) return matched_route{endpoint::preflight};
    matched_route matched{endpoint::unknown};
    const auto known = routes_of(of, has_mas);
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const route& each) { return fits(each.path, path, matched.parameters); });
    if (found == known.end() || !is_served(*found)) return no_such_path{};
    const auto target = target_of(*found, method);
    if (!target) return no_such_method{allow_of(*found, of)};
    matched.target = *target;
    return matched;
}

}  // namespace pusherd::net
