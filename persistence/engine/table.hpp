#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pusherd::persistence {

/// The longest key that LMDB takes (mdb_env_get_maxkeysize).
inline constexpr std::size_t max_key_bytes = 511;

/// Where a key is laid out on its way to LMDB.
using key_buffer = std::array<char, max_key_bytes>;

/// One named table of the environment. `Key` needs `std::string_view encode(const Key&, key_buffer&)`, `Record` needs
/// `static Record Record::decode(std::string_view)`, which throws corrupt_record; a record may be a view of the bytes.
/// Opened once at start, in one transaction, and never closed (lmdb.h, mdb_dbi_close).
template <class Key, class Record>
struct table {
    unsigned handle = 0;
};

/// The record of a table whose keys say it all.
struct no_record {
    static no_record decode(std::string_view) noexcept { return {}; }
};

}  // namespace pusherd::persistence
