#pragma once

#include <boost/beast/http/verb.hpp>

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
};

struct no_such_path {};

/// The path is known, the method is not; `allow` is what the answer's Allow field says.
struct no_such_method {
    std::string_view allow;
};

/// Finds what a request asks for. Paths are compared undecoded, to the letter.
[[nodiscard]] std::variant<endpoint, no_such_path, no_such_method> match(boost::beast::http::verb method,
                                                                         std::string_view path) noexcept;

}  // namespace pusherd::net
