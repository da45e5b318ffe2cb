#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Searches in text, eight bytes at a time: most text that comes in has nothing special in it, and a look at each byte
/// of a head was a sixth of a list's instructions. The arithmetic is that of "Hacker's Delight", 6-1: a byte below the
/// limit borrows into its top bit. Without one nothing borrows, and the lowest one gets no borrow from below, so the
/// answer is exact, in either byte order.
namespace pusherd::domain::eight_bytes {

using word = std::uint64_t;

constexpr word each = 0x0101010101010101;
constexpr word top_bits = 0x80 * each;

/// Whether one of the eight is less than this.
/// @param limit at most 0x80
[[nodiscard]] constexpr bool any_below(word eight, unsigned char limit) noexcept {
    return ((eight - limit * each) & ~eight & top_bits) != 0;
}

/// Whether one of the eight is this.
[[nodiscard]] constexpr bool any_is(word eight, unsigned char value) noexcept {
    return any_below(eight ^ (value * each), 1);
}

/// The place of the first byte that is special, or the size of the text.
/// @param any_special whether one of eight is
/// @param is_special  whether a byte is
template <class AnySpecial, class IsSpecial>
[[nodiscard]] std::size_t find_special(std::string_view text, AnySpecial any_special, IsSpecial is_special) noexcept {
    std::size_t at = 0;
    for (word eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if (any_special(eight)) break;
    }
    while (at < text.size() && !is_special(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

}  // namespace pusherd::domain::eight_bytes
