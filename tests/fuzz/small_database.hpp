#pragma once

#include "persistence/registry/database.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// A database that is made anew for every input, and its tables as bytes.
namespace pusherd::fuzz {

/// Any table: any key, any bytes.
using raw_table = persistence::table<persistence::meta_key, persistence::meta_record>;

inline constexpr std::size_t raw_table_count = 8;

[[nodiscard]] std::array<raw_table, raw_table_count> raw_tables_of(const persistence::tables& all);

struct raw_entry {
    std::size_t table;
    std::string key;
    std::string value;
};

[[nodiscard]] std::vector<raw_entry> entries_of(persistence::database& db);

/// Makes the database hold these entries and no others.
void replace_entries(persistence::database& db, const std::vector<raw_entry>& entries);

/// Faults that verify() finds, checked to be lines for an operator.
[[nodiscard]] std::size_t count_faults(persistence::database& db);

}  // namespace pusherd::fuzz
