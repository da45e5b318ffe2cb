#pragma once

#include "domain/pusher_search.hpp"
#include "persistence/registry/database.hpp"

#include <cstddef>
#include <optional>

namespace pusherd::persistence {

/// domain::store_reader::search() on what the transaction sees: by the index of holders where app_id and pushkey are
/// given, in the user's record where the user is, and else through all records of users.
[[nodiscard]] std::optional<domain::search_position> search_pushers(const read_txn& txn, const tables& all,
                                                                    const domain::pusher_filter& filter,
                                                                    const domain::search_position& from,
                                                                    std::size_t most_users,
                                                                    domain::search_visitor& visitor);

}  // namespace pusherd::persistence
