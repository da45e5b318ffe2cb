#pragma once

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <ostream>  // Boost 1.81's string_view wants it whole
#include <string_view>
#include <variant>

namespace pusherd::net {

/// What a request asks for.
enum class endpoint : std::uint8_t {
    list_pushers,  ///< GET …/pushers
    set_pusher,    ///< POST …/pushers/set
    versions,      ///< GET /_matrix/client/versions
    health,        ///< GET /health
    preflight,     ///< OPTIONS, on any path: "MUST NOT perform any logic defined for the endpoints"
    metrics,       ///< GET /metrics
    unknown,       ///< not known yet, or there is no such path
};
inline constexpr std::size_t endpoints = 7;
static_assert(static_cast<std::size_t>(endpoint::unknown) + 1 == endpoints);

/// Its name in metrics.
[[nodiscard]] std::string_view to_string(endpoint target) noexcept;

/// What a listener serves: the two have no path in common.
enum class surface : std::uint8_t { api, metrics };

struct no_such_path {};

/// The path is known, the method is not; `allow` is what the answer's Allow field says.
struct no_such_method {
    std::string_view allow;
};

/// Finds what a request asks for. Paths are compared undecoded, to the letter.
[[nodiscard]] std::variant<endpoint, no_such_path, no_such_method> match(boost::beast::http::verb method,
                                                                         std::string_view path,
                                                                         surface of = surface::api) noexcept;

}  // namespace pusherd::net
