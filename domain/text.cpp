#include "domain/text.hpp"

#include <algorithm>
#include <iterator>

namespace pusherd::domain {
namespace {

bool is_control(unsigned char byte) noexcept { return byte < 0x20 || byte == 0x7f; }

bool is_continuation(unsigned char byte) noexcept { return (byte & 0xc0) == 0x80; }

// The length of the well-formed sequence at the front of `bytes` (Unicode 15, table 3-7), or 0.
// By hand: neither the standard library nor Boost 1.81 has a public UTF-8 check.
std::size_t sequence_length(std::string_view bytes) noexcept {
    const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return 0;
    // The first continuation byte is what tells overlong forms, surrogates and values past U+10FFFF apart.
    const unsigned char lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned char highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (at(1) < lowest || at(1) > highest) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!is_continuation(at(i))) return 0;
    return length;
}

fixed_text<8> in_hex(std::string_view bytes) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    fixed_text<8> out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out.append("\\x").append(digits.substr(byte >> 4, 1)).append(digits.substr(byte & 0xf, 1));
    }
    return out;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::size_t count_characters(std::string_view utf8) noexcept {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

// What else has the property White_Space (Unicode 15, PropList.txt), from U+1680 on.
constexpr std::string_view wide_spaces[] = {"\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                            "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
                                            "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool has_control_character(std::string_view bytes) noexcept {
    return std::any_of(bytes.begin(), bytes.end(), [](char c) { return is_control(static_cast<unsigned char>(c)); });
}

bool has_control_character_or_space(std::string_view utf8) noexcept {
    if (has_control_character(utf8) || utf8.find(' ') != std::string_view::npos) return true;
    for (std::size_t lead = utf8.find('\xc2'); lead != std::string_view::npos; lead = utf8.find('\xc2', lead + 1))
        if (static_cast<unsigned char>(utf8[lead + 1]) <= 0xa0) return true;
    return std::any_of(std::begin(wide_spaces), std::end(wide_spaces),
                       [&](std::string_view each) { return utf8.find(each) != std::string_view::npos; });
}

std::string escape_control_characters(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) out += take_escaped(text);
    return out;
}

fixed_text<8> take_escaped(std::string_view& text) noexcept {
    const std::size_t length = sequence_length(text);
    const auto lead = static_cast<unsigned char>(text.front());
    // U+0080 to U+009F are control characters to a terminal as well.
    const bool is_c1 = length == 2 && lead == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    const std::string_view taken = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(taken.size());
    if (length == 0 || is_c1 || is_control(lead)) return in_hex(taken);
    return {taken};
}

std::string in_lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string counted(std::uint64_t number, std::string_view noun) {
    std::string out = std::to_string(number);
    out.append(1, ' ').append(noun).append(number == 1 ? "" : "s");
    return out;
}

}  // namespace pusherd::domain
