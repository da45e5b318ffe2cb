#pragma once

#include <string>
#include <string_view>

namespace pusherd::domain {

/// Appends a text as the value of a form or of a query: unreserved characters as they are, every other byte as `%XX`
/// (RFC 3986, 2.3; which application/x-www-form-urlencoded reads the same).
void append_encoded(std::string& out, std::string_view text);

}  // namespace pusherd::domain
