#pragma once

#include "domain/store.hpp"
#include "persistence/registry/database.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Changes to the pushers of users, within the write transaction of the caller.
namespace pusherd::persistence {

/// Carries a set out: decides it by what the transaction sees, and does what was decided. A refused one has written
/// nothing.
/// @param evicted gets the users who have lost a pusher with the same key
[[nodiscard]] domain::result<domain::outcome> carry_out_set(write_txn& txn, const tables& all,
                                                            const domain::set_request& request,
                                                            std::vector<std::string>& evicted);

/// Removes those of a user's pushers that have one of these keys.
/// @return the keys of those that were there
[[nodiscard]] std::vector<domain::pusher_key> remove_named(write_txn& txn, const tables& all, std::string_view user_id,
                                                           std::span<const domain::pusher_key> keys);

/// Removes those pushers of the user that `is_doomed`, and says how many.
std::uint64_t remove_pushers(write_txn& txn, const tables& all, std::string_view user_id,
                             const std::function<bool(const registration&)>& is_doomed);

/// What the pushers of one user may take in a list after an import. A server's bounds keep them far below.
inline constexpr std::size_t most_user_bytes = std::size_t{64} << 20;

/// Gives the user these pushers, each in place of the one with its key, and evicts nobody. Those that the user keeps
/// and those that come stay in their order among themselves; between the two, the time of registration decides. Throws
/// std::length_error for more than `most_user_bytes`.
/// @param pushers views that outlive the call, and not of the transaction; of equal keys the last one counts
/// @return whether anything was to be changed
bool merge_pushers(write_txn& txn, const tables& all, std::string_view user_id, std::span<const registration> pushers);

}  // namespace pusherd::persistence
