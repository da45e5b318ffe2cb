#pragma once

#include "persistence/registry/database.hpp"

#include <functional>
#include <string_view>

namespace pusherd::persistence {

/// Checks what waits for pushers: that each queue is a pusher's and has what it says, each poke waits in a queue, and
/// every record decodes. Nothing to check in a database that is looked at and has an older schema.
/// @param fault is told the table, the key's bytes, and what is wrong
void check_pokes(const read_txn& txn, const tables& all,
                 const std::function<void(std::string_view, std::string_view, std::string_view)>& fault);

}  // namespace pusherd::persistence
