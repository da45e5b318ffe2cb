#pragma once

#include "domain/pokes/notification.hpp"
#include "domain/pokes/poke_store.hpp"
#include "persistence/registry/database.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What waits to be sent to push gateways, within the transaction of the caller.
namespace pusherd::persistence {

/// An event is told to a pusher once within this time; whoever has its key after it was removed is another.
inline constexpr std::chrono::hours told_once{24};

/// Puts a notification into the queue of each pusher that is to be told: of http, enabled, and in a style that the
/// notification concerns. Nobody is told of the user's own event, nor of one of which the pusher was told.
/// @param told gets these queues; nullptr: nobody wants to know
/// @return how many have it now
std::uint32_t enqueue(write_txn& txn, const tables& all, const domain::notification& what, domain::timestamp now,
                      std::vector<domain::woken_queue>* told = nullptr);

/// Removes the queue of a pusher that is no more, with all that waits in it and what it was told: who has the same key
/// later is another pusher.
void drop_queue(write_txn& txn, const tables& all, std::string_view user_id, const digest128& key);

/// Looks at some of what is filed under queues, and forgets the events among it that may be told again.
/// @param position where to go on, and gets where to go on next time; empty: at the beginning
void forget_told_events(write_txn& txn, const tables& all, domain::timestamp now, std::size_t most,
                        std::string& position);

}  // namespace pusherd::persistence
