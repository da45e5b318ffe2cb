#pragma once

#include "domain/pusher.hpp"
#include "persistence/registry/database.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

/// What is left of pushers that their gateways have rejected, within the transaction of the caller.
namespace pusherd::persistence {

/// How many of a user are kept: the newest.
inline constexpr std::size_t most_tombstones = 20;

/// How long it is kept.
inline constexpr std::chrono::hours tombstone_lifetime{30 * 24};

/// Keeps in mind that the pusher was rejected; and forgets some others that are old enough.
/// @param url of the gateway
void bury(write_txn& txn, const tables& all, std::string_view user_id, const domain::pusher_key& key,
          std::string_view url, domain::timestamp now);

/// Those of a user that are not too old.
/// @return records whose views are the transaction's
[[nodiscard]] std::vector<tombstone_record> tombstones_of(const read_txn& txn, const tables& all,
                                                          std::string_view user_id, domain::timestamp now);

/// The pusher is there again.
void forget_tombstone(write_txn& txn, const tables& all, std::string_view user_id, const digest128& pusher);

/// Forgets those of a user.
void forget_tombstones(write_txn& txn, const tables& all, std::string_view user_id);

}  // namespace pusherd::persistence
