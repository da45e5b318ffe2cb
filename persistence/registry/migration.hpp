#pragma once

#include "persistence/registry/database.hpp"

#include <cstdint>

namespace pusherd::persistence {

/// Brings what an older pusherd has written to schema_version, within the write transaction of the caller: all of it is
/// there when that commits, or nothing has changed. Throws storage_error, such as for a map too small for what is
/// added.
/// @param all gets the tables that are added
/// @param from the schema that the database has, from 1 on
void migrate(write_txn& txn, tables& all, std::uint32_t from);

/// Adds those that schema 4 has.
void create_tables_of_pokes(write_txn& txn, tables& all);

}  // namespace pusherd::persistence
