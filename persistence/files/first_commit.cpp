#include "persistence/files/first_commit.hpp"

#include "persistence/files/page_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pusherd::persistence {
namespace {

constexpr std::size_t sector_size = 512;
// Of a page: its number, 2 bytes, flags, and where the free space between the offsets of nodes and the nodes begins and
// ends. Of a node: the size of its data and flags in 6 bytes, the size of its key, then the key.
constexpr std::size_t flags_offset = word + 2;
constexpr std::size_t free_begin_offset = word + 4;
constexpr std::size_t node_key_size_offset = 6;
constexpr std::size_t node_header_size = 8;
constexpr std::uint16_t leaf = 0x02;

// registry/database.cpp creates these; that none is missing here, the tests of half-created databases show.
constexpr std::array<std::string_view, 13> first_names{
    "meta",   "users",      "holders", "tokens", "sessions", "imports",    "session-ends",
    "queues", "tombstones", "program", "schema", "map-size", "server-name"};

// One whose sector never came has a key of no bytes, or of zeros.
bool has_first_name(std::string_view page, std::size_t node) {
    const std::size_t size = read<std::uint16_t>(page, node + node_key_size_offset);
    const std::size_t begin = std::min(node + node_header_size, page.size());
    const std::string_view key = page.substr(begin, size);
    return is_all_zero(key) || std::find(first_names.begin(), first_names.end(), key) != first_names.end();
}

}  // namespace

bool may_be_of_first_commit(std::string_view page, std::size_t number) {
    if (is_all_zero(page.substr(0, sector_size))) return true;
    if (read<std::size_t>(page, 0) != number || read<std::uint16_t>(page, flags_offset) != leaf) return false;
    const std::size_t free_begin = std::min<std::size_t>(read<std::uint16_t>(page, free_begin_offset), page.size());
    for (std::size_t at = page_header_size; at + 2 <= free_begin; at += 2)
        if (!has_first_name(page, read<std::uint16_t>(page, at))) return false;
    return true;
}

}  // namespace pusherd::persistence
