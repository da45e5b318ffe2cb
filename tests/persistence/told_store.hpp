#pragma once

#include "persistence/registry/poke_queue.hpp"
#include "persistence/registry/statistics.hpp"
#include "tests/support/queue_entries.hpp"
#include "tests/support/scratch_store.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// A store whose pushers are told of something.
struct told_store : testing::scratch_store {
    using scratch_store::scratch_store;

    /// One transaction, behind the store's back.
    void change(const std::function<void(write_txn&, const tables&)>& what) {
        write_txn txn(db().env());
        what(txn, db().all());
        txn.commit();
    }

    /// Tells a user of an event.
    void tell(std::string_view user_id, const std::string& event_id) {
        put({.user_id = std::string(user_id),
             .event_id = event_id,
             .source = R"({"event_id":")" + event_id + "\"}",
             .tweaks = {}});
    }

    /// Tells a user of counts alone.
    void tell_counts(std::string_view user_id) {
        put({.user_id = std::string(user_id), .event_id = {}, .source = R"({"counts":{}})", .tweaks = {}});
    }

    /// `2 in 1`: pokes that wait, and the queues in which they do.
    [[nodiscard]] std::string waiting() {
        const waiting_pokes found = count_waiting_pokes(db());
        return std::to_string(found.pokes) + " in " + std::to_string(found.queues);
    }

    /// Entries of these kinds: a queue that has nothing is one as well.
    [[nodiscard]] std::string entries() {
        return snapshot_reader(db().env())([&](const read_txn& txn) {
            const auto found = testing::count_queue_entries(txn, db().all());
            return std::to_string(found.pokes) + " in " + std::to_string(found.queues);
        });
    }

private:
    void put(const domain::notification& what) {
        change([&](write_txn& txn, const tables& all) { (void)enqueue(txn, all, what, 1); });
    }
};

}  // namespace pusherd::persistence
