#include "net/api/routes.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace pusherd::net {
namespace {

using boost::beast::http::verb;

struct route {
    std::string_view path;
    verb method;
    endpoint target;
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
    {"/_matrix/client/versions", verb::get, endpoint::versions},
    {"/health", verb::get, endpoint::health},
};

constexpr route metrics_routes[] = {{"/metrics", verb::get, endpoint::metrics}};

std::span<const route> routes_of(surface which) noexcept {
    return which == surface::api ? std::span<const route>(routes) : std::span<const route>(metrics_routes);
}

constexpr bool paths_are_unique() {
    for (std::size_t i = 0; i < std::size(routes); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (routes[i].path == routes[j].path) return false;
    return true;
}
static_assert(paths_are_unique(), "match() takes the first route of a path");

}  // namespace

std::string_view to_string(endpoint target) noexcept {
    switch (target) {  // no default: -Wswitch keeps this complete
        case endpoint::list_pushers: return "list";
        case endpoint::set_pusher: return "set";
        case endpoint::versions: return "versions";
        case endpoint::health: return "health";
        case endpoint::preflight: return "preflight";
        case endpoint::metrics: return "metrics";
        case endpoint::unknown: return "unknown";
    }
    return {};
}

std::variant<endpoint, no_such_path, no_such_method> match(verb method, std::string_view path, surface of) noexcept {
    if (method == verb::options && of == surface::api) return endpoint::preflight;
    const auto known = routes_of(of);
    const auto found =
        std::find_if(known.begin(), known.end(), [path](const route& each) { return each.path == path; });
    if (found == known.end()) return no_such_path{};
    if (method == found->method || (method == verb::head && found->method == verb::get)) return found->target;
    if (of == surface::metrics) return no_such_method{"GET, HEAD"};
    return no_such_method{found->method == verb::get ? "GET, HEAD, OPTIONS" : "POST, OPTIONS"};
}

}  // namespace pusherd::net
