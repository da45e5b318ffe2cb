#pragma once

#include <boost/beast/http/verb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>  // Boost 1.81's string_view wants it whole
#include <string_view>
#include <variant>

namespace pusherd::net {

/// What a request asks for.
enum class endpoint : std::uint8_t {
    list_pushers,        ///< GET …/pushers
    set_pusher,          ///< POST …/pushers/set
    delete_pusher,       ///< DELETE /_matrix/client/unstable/pusherd/pushers/{appId}/{pushkey}
    versions,            ///< GET /_matrix/client/versions
    health,              ///< GET /health
    description,         ///< GET /_pusherd/v1/openapi.json
    end_sessions,        ///< POST /_pusherd/v1/sessions/end
    notify,              ///< POST /_pusherd/v1/notify
    show_health,         ///< GET /_pusherd/v1/pushers
    test_pusher,         ///< POST /_pusherd/v1/pushers/test
    list_users_pushers,  ///< GET /_synapse/admin/v1/users/{userId}/pushers
    find_pushers,        ///< GET /_pusherd/v1/admin/pushers
    remove_pushers,      ///< DELETE /_pusherd/v1/admin/pushers
    remove_pusher,       ///< DELETE /_pusherd/v1/admin/pushers/{userId}/{appId}/{pushkey}
    count_pushers,       ///< GET /_pusherd/v1/admin/counts
    delete_device,       ///< POST /_synapse/mas/delete_device
    sync_devices,        ///< POST /_synapse/mas/sync_devices
    delete_user,         ///< POST /_synapse/mas/delete_user
    preflight,           ///< OPTIONS, on any path: "MUST NOT perform any logic defined for the endpoints"
    metrics,             ///< GET /metrics
    unknown,             ///< not known yet, or there is no such path
};
inline constexpr std::size_t endpoints = 21;
static_assert(static_cast<std::size_t>(endpoint::unknown) + 1 == endpoints);

/// Its name in metrics.
[[nodiscard]] std::string_view to_string(endpoint target) noexcept;

/// Whose access token it wants; `mas`: the secret of the Matrix Authentication Service.
enum class access : std::uint8_t { anybody, user, admin, service, mas };

[[nodiscard]] access access_to(endpoint target) noexcept;

/// What a listener serves: the two have no path in common.
enum class surface : std::uint8_t { api, metrics };

/// The parts of a path that its route leaves open, in their order, undecoded; views of the path.
using path_parameters = std::array<std::string_view, 3>;

/// What was asked for.
struct matched_route {
    endpoint target;
    path_parameters parameters{};
};

struct no_such_path {};

/// The path is known, the method is not; `allow` is what the answer's Allow field says.
struct no_such_method {
    std::string_view allow;
};

/// Finds what a request asks for. Paths are compared undecoded, to the letter; an open part is what stands between two
/// slashes, and not empty; the last one of a path takes slashes in as well, for clients that do not encode them.
/// @param has_mas whether there are the paths of MAS's calls
[[nodiscard]] std::variant<matched_route, no_such_path, no_such_method> match(boost::beast::http::verb method,
                                                                              std::string_view path,
                                                                              surface of = surface::api,
                                                                              bool has_mas = false) noexcept;

}  // namespace pusherd::net
