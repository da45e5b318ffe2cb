#pragma once

#include <cstddef>
#include <string_view>

namespace pusherd::persistence {

/// Whether a page, behind the two meta pages, may be one that the creation of a database has written, or one that never
/// came: it holds nothing but the names of tables and of what `meta` has from the beginning. A page that holds anything
/// else is what is left of a database that has been used (LMDB 0.9, mdb.c: MDB_page, MDB_node).
/// @param page its bytes; perhaps torn at a sector
/// @param number which one it is, from the beginning of the file
[[nodiscard]] bool may_be_of_first_commit(std::string_view page, std::size_t number);

}  // namespace pusherd::persistence
