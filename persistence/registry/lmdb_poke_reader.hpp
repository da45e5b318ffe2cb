#pragma once

#include "domain/pokes/poke_store.hpp"
#include "domain/pokes/set_counter.hpp"
#include "persistence/registry/database.hpp"

#include <memory>

namespace pusherd::persistence {

/// domain::poke_reader on an LMDB database.
/// @param sets of the store; both must outlive it
[[nodiscard]] std::unique_ptr<domain::poke_reader> make_poke_reader(database& db, const domain::set_counter& sets);

}  // namespace pusherd::persistence
