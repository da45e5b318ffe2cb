#pragma once

#include "persistence/registry/database.hpp"

#include <span>
#include <string>

/// Databases as the first pusherd wrote them, for the tests of what becomes of them.
namespace pusherd::testing {

/// The bytes of a user's record in schema 1 (persistence::user_record, version 1).
[[nodiscard]] std::string user_record_of_schema_1(std::span<const persistence::registration> pushers);

/// Writes the records of all users as schema 1 had them, and says that the database is of it.
void take_back_to_schema_1(persistence::database& db);

}  // namespace pusherd::testing
