#pragma once

#include "domain/error.hpp"

#include <string_view>

namespace pusherd::domain {

/// Whether a text is JSON: RFC 8259's grammar and no more, UTF-8, at most limits::json_depth levels deep. Keeps nothing
/// of what it says, so it takes no memory to speak of, however large the text.
/// @return errc::not_json, with a text that begins with "The body"
[[nodiscard]] result<> check_json(std::string_view body);

}  // namespace pusherd::domain
