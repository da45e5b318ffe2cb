#pragma once

#include <string>
#include <string_view>

namespace pusherd::net {

/// Where an upstream server is, and what stands in front of every path of its.
struct upstream_url {
    std::string host;  ///< a name, or an address without brackets
    std::string port;  ///< digits
    std::string path;  ///< undecoded; empty: none
    bool is_secure = false;

    /// As a Host field has it (RFC 9110, 7.2).
    [[nodiscard]] std::string authority() const;

    /// An absolute http or https URL with a host, and neither user info nor query nor fragment.
    /// Throws std::invalid_argument with one line for the operator.
    [[nodiscard]] static upstream_url parse(std::string_view text);

    /// The same for a server whose paths begin with a slash: the URL's ends without.
    [[nodiscard]] static upstream_url parse_base(std::string_view text);
};

}  // namespace pusherd::net
