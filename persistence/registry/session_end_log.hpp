#pragma once

#include "domain/session_end.hpp"
#include "persistence/registry/database.hpp"

#include <chrono>
#include <cstdint>

/// What homeservers have told of the ends of sessions that are in no table here, because a validator vouches for them.
/// In the database, so that it holds for all servers that have it open, and is told in the transaction that removes the
/// pushers of those sessions.
namespace pusherd::persistence {

/// How long the end of a session is of interest: as long as what a validator said before it can still be used. Zero:
/// nobody asks validators, and nothing is recorded.
using kept_session_ends = std::chrono::milliseconds;

/// Records an end, and forgets some that are of no interest any more.
/// @return whether anything was written
bool record_session_end(write_txn& txn, const tables& all, const domain::session_end& ended, kept_session_ends keep);

/// Whether the end of a session that a validator vouches for has been told since the validator did, in `who.snapshot`;
/// of a token that was named as ended, also before: whoever still vouches for that has not heard of it.
/// @param known_in the snapshot in which it was last known not to be so, by its number; 0: none
[[nodiscard]] bool has_ended(const read_txn& txn, const tables& all, const domain::identity& who,
                             std::uint64_t known_in);

}  // namespace pusherd::persistence
