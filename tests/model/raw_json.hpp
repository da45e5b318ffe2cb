#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Just enough JSON to compare answers byte by byte: a parser would lose the digits of numbers and the spelling of
/// escapes. For well-formed JSON alone.
namespace pusherd::testing {

using raw_members = std::vector<std::pair<std::string, std::string>>;  ///< keys without quotes, values as they stand

/// Without the whitespace between tokens.
[[nodiscard]] std::string compact(std::string_view json);

[[nodiscard]] raw_members members_of(std::string_view compact_object);
[[nodiscard]] std::vector<std::string> elements_of(std::string_view compact_array);

/// The members as an object.
[[nodiscard]] std::string to_object(const raw_members& members);

/// A string as a JSON value; no more is escaped than has to be.
[[nodiscard]] std::string quoted(std::string_view text);

/// A pusher as a list shows it: texts decoded, `data` and what is no text as it stands.
using shown_pusher = std::map<std::string, std::string>;

/// Takes the body of a list apart. Throws if it is of another shape.
[[nodiscard]] std::vector<shown_pusher> pushers_in(std::string_view body);

}  // namespace pusherd::testing
