#pragma once

#include "domain/fixed_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::domain {

/// Whether the bytes are well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// The number of code points in well-formed UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view utf8) noexcept;

/// Whether a C0 control character or DEL is among the bytes.
[[nodiscard]] bool has_control_character(std::string_view bytes) noexcept;

/// Whether well-formed UTF-8 holds a control character of Unicode's (U+0080 to U+009F as well), a space or a no-break
/// space.
[[nodiscard]] bool has_control_character_or_space(std::string_view utf8) noexcept;

/// The text with each control character and each byte that is not UTF-8 written as `\xNN`, so that it can neither
/// break a log line nor drive a terminal.
[[nodiscard]] std::string escape_control_characters(std::string_view text);

/// Takes the first character, or byte that is none, off the front of a text that is not empty.
/// @return that, as escape_control_characters() writes it
[[nodiscard]] fixed_text<8> take_escaped(std::string_view& text) noexcept;

/// The text with A to Z in lower case; everything else stays.
[[nodiscard]] std::string in_lower_case(std::string text);

/// For people: "1 token", "2 tokens".
/// @param noun one whose plural takes an s
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

}  // namespace pusherd::domain
