#pragma once

#include "persistence/records/bytes.hpp"
#include "persistence/registry/database.hpp"

#include <cstddef>
#include <string_view>

namespace pusherd::testing {

/// How many entries of each kind are filed under queues.
struct queue_entries {
    std::size_t queues = 0;
    std::size_t pokes = 0;
    std::size_t told_events = 0;
};

[[nodiscard]] inline queue_entries count_queue_entries(const persistence::read_txn& txn,
                                                       const persistence::tables& all) {
    queue_entries found;
    txn.scan(all.queues, {}, [&](std::string_view key, std::string_view) {
        const persistence::digest128 pusher = persistence::byte_reader(key).take_array<persistence::digest128>();
        if (key.size() == pusher.size())
            ++found.queues;
        else if (key.starts_with(persistence::pokes_of(pusher)))
            ++found.pokes;
        else
            ++found.told_events;
        return true;
    });
    return found;
}

}  // namespace pusherd::testing
