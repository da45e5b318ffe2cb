#pragma once

#include "persistence/registry/database.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace pusherd::persistence {

/// Takes some lines of an export, each with its end. It is called in a snapshot: what it takes its time for, old pages
/// wait for, and the file grows by what is set meanwhile.
/// @param done how many pushers have been written when this is
/// @param all how many there are
using export_writer = std::function<void(std::string_view lines, std::uint64_t done, std::uint64_t all)>;

/// Writes every pusher as a line (pusher_lines.hpp), all of them from one snapshot: in the order of the user ids'
/// bytes, those of a user oldest registration first. The same pushers always give the same bytes. It holds some lines
/// and the pushers of one user in memory. Throws what the writer throws, and corrupt_record with the user's name.
void export_pushers(database& db, const export_writer& write);

}  // namespace pusherd::persistence
