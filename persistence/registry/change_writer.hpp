#pragma once

#include "domain/change.hpp"
#include "domain/fixed_text.hpp"
#include "domain/pokes/poke_store.hpp"
#include "domain/pokes/set_counter.hpp"
#include "persistence/registry/database.hpp"
#include "persistence/registry/session_end_log.hpp"

#include <string>
#include <vector>

/// Carries out what is submitted to the store, within the write transaction of the caller.
namespace pusherd::persistence {

/// What an operator is told once it is on disk: who took whose pusher key, and what an administrator removed.
using audit_line = domain::fixed_text<768>;
using audit_lines = std::vector<audit_line>;

/// What others of this process are told of once it is on disk, or have told.
struct side_effects {
    const domain::set_counter& sets;
    audit_lines& audit;
    std::vector<domain::woken_queue>& told;
    std::string& forgotten;  ///< forget_told_events()'s position
};

/// Carries a change out by what the transaction sees, the access token of who asks for it included, and puts its answer
/// into the request. What is refused has written nothing.
/// @param keep how long ends of sessions are kept in mind
/// @return whether anything was written
[[nodiscard]] bool carry_out(write_txn& txn, const tables& all, const domain::change& what, kept_session_ends keep,
                             side_effects effects);

}  // namespace pusherd::persistence
