#pragma once

#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace pusherd::net {

/// What the head of a request says, as far as pusherd listens. The views are into the buffer that it was read from.
struct request_head {
    boost::beast::http::verb method = boost::beast::http::verb::unknown;
    std::string_view path;           ///< undecoded
    std::string_view query;          ///< undecoded, without the question mark
    unsigned authorizations = 0;     ///< how many Authorization fields there were
    std::string_view authorization;  ///< the first one's value
    std::string_view user_agent;     ///< empty: none
    std::string_view forwarded_for;  ///< all X-Forwarded-For as one; empty: none
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool expects_continue = false;  ///< `Expect: 100-continue`
    bool keep_alive = false;

    [[nodiscard]] bool has_body() const noexcept { return chunked || content_length.value_or(0) != 0; }
};

}  // namespace pusherd::net
