#pragma once

#include <string>
#include <string_view>

namespace pusherd::domain {

/// Appends a text, which is UTF-8, as a JSON string; no more is escaped than has to be (RFC 8259, 7).
void append_json(std::string& out, std::string_view text);

}  // namespace pusherd::domain
