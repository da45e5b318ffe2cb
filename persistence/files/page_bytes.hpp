#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

/// LMDB's pages as bytes (LMDB 0.9, mdb.c: MDB_page): what both kinds of looking at them need.
namespace pusherd::persistence {

inline constexpr std::size_t word = sizeof(std::size_t);
/// A page's number, 2 bytes, flags, and where its free space begins and ends.
inline constexpr std::size_t page_header_size = word + 8;

/// The number that stands there; 0 where the bytes end before.
template <class Integer>
Integer read(std::string_view bytes, std::size_t offset) {
    Integer value{};
    if (offset + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

inline bool is_all_zero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

}  // namespace pusherd::persistence
