#pragma once

#include "persistence/registry/database.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace pusherd::persistence {

/// Calls `visit(key, record bytes)` for each queue behind `after`, in the order of their keys, until it returns false;
/// from one queue to the next, whatever is filed behind them. It must not change the table.
void scan_queues(const read_txn& txn, const tables& all, const std::optional<digest128>& after,
                 const std::function<bool(const queue_key&, std::string_view)>& visit);

}  // namespace pusherd::persistence
