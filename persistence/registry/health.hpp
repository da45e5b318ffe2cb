#pragma once

#include "domain/pokes/pusher_health.hpp"
#include "persistence/registry/database.hpp"

#include <string_view>

namespace pusherd::persistence {

/// How a user's pushers do, and which were rejected.
[[nodiscard]] domain::users_health health_of(const read_txn& txn, const tables& all, std::string_view user_id,
                                             domain::timestamp now);

}  // namespace pusherd::persistence
