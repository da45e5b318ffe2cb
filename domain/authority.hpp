#pragma once

#include <optional>
#include <string_view>

namespace pusherd::domain {

/// `host [":" port]` of an http URI (RFC 9110, 4.2.1; RFC 3986, 3.2): what may stand in a Host field, in front of the
/// path of an absolute-form target, and of a gateway's URL. Views of what was read.
struct authority {
    std::string_view host;  ///< may be empty; of an address literal, in brackets, only the characters are checked
    std::string_view port;  ///< digits, any number of them; empty if there is none
};

/// No user info.
///
/// By hand: every request has a Host, and Boost.URL's parse_authority() takes 1,530 instructions for one where this
/// takes 210, which is a seventh of all that a list takes; and that of Boost 1.81 refuses names that begin like an IPv4
/// address, such as `1.1.1.1.:80`.
[[nodiscard]] std::optional<authority> read_authority(std::string_view text) noexcept;

}  // namespace pusherd::domain
