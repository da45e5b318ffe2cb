#pragma once

#include "domain/pokes/poke_result.hpp"
#include "domain/pokes/set_counter.hpp"
#include "persistence/registry/database.hpp"

namespace pusherd::persistence {

/// Writes down what came of a poke, within the transaction of the caller, and fills in what waits behind it. A pusher
/// that is no more is left so.
/// @param sets nothing of those that a gateway rejects is removed if it was set since
void record_result(write_txn& txn, const tables& all, domain::poke_result& result, const domain::set_counter& sets);

}  // namespace pusherd::persistence
