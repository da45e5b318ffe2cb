#pragma once

#include "persistence/registry/database.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace pusherd::persistence {

/// Is told now and then how many bytes of a backup have been written, and how many there will be.
using backup_progress = std::function<void(std::uint64_t written, std::uint64_t all)>;

/// Makes a new folder with a compacted copy of the database, on disk when this returns, to be opened like any other.
/// It holds all that was answered before the call, and is what the database was at one moment since; others go on
/// meanwhile. Where it fails, nothing is left that could be taken for a backup.
/// Throws unusable_database, with one line for the operator: see backup_folder for what is refused.
void back_up(database& db, const std::filesystem::path& folder, const backup_progress& progress = {});

}  // namespace pusherd::persistence
