#include "persistence/registry/poke_results.hpp"

#include "domain/pokes/delivery.hpp"
#include "domain/pokes/poke.hpp"
#include "domain/shown_pusher.hpp"
#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/queue_writer.hpp"
#include "persistence/registry/tombstones.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace pusherd::persistence {
namespace {

using what = domain::poke_result::what;

// Views of the transaction.
std::optional<registration> find_pusher(const read_txn& txn, const tables& all, const domain::poke_result& result) {
    const auto user = txn.find(all.users, user_key{result.user_id});
    if (!user) return std::nullopt;
    const auto pushers = user->registrations();
    const std::size_t own = index_of(pushers, digest_of(result.key), domain::shown_key(result.key));
    return own == pushers.size() ? std::nullopt : std::optional(pushers[own]);
}

// The gateway's URL, if the pusher still is what it was when the poke was sent. A set that changes nothing leaves no
// trace here: see set_counter.
std::optional<std::string> url_if_unchanged(const read_txn& txn, const tables& all, const domain::poke_result& result) {
    const auto pusher = find_pusher(txn, all, result);
    if (!pusher || pusher->updated != result.updated) return std::nullopt;
    return domain::url_of_data(domain::data_of_shown(pusher->shown));
}

bool is_of_former_life(const read_txn& txn, const tables& all, const domain::poke_result& result) {
    const auto pusher = find_pusher(txn, all, result);
    return !pusher || pusher->created > result.queued;
}

// Since it was found out, the pusher may have been removed and made anew, or want pokes again: what waits now waits for
// another.
bool is_outdated(const read_txn& txn, const tables& all, const queue_writer& queue, const domain::poke_result& result) {
    if (result.came == what::unwanted && !url_if_unchanged(txn, all, result)) return true;
    const bool is_gone = result.number != 0 && !queue.holds(result.number, result.queued);
    return is_gone && is_of_former_life(txn, all, result);
}

bool remove_rejected(write_txn& txn, const tables& all, const domain::poke_result& result,
                     const domain::set_counter& sets) {
    if (sets.of(result.key) != result.sets) return false;
    const auto url = url_if_unchanged(txn, all, result);
    if (!url || remove_named(txn, all, result.user_id, {&result.key, 1}).empty()) return false;
    bury(txn, all, result.user_id, result.key, *url, result.at);
    return true;
}

// What was dropped for another while it was sent has been sent all the same.
void count_as_sent(queue_writer& queue, const domain::poke_result& result) {
    if (result.number != 0) (void)queue.remove(result.number, result.queued);
    queue.count_sent();
    queue.note_success(result.at);
    if (result.failure.kind != domain::failure_kind::none) queue.note_failure(result.failure);
}

void apply(queue_writer& queue, const domain::poke_result& result) {
    constexpr auto oldest = std::chrono::milliseconds(domain::oldest_event).count();
    switch (result.came) {
        case what::delivered: return count_as_sent(queue, result);
        case what::rejected:  // and set since: it is tried again
        case what::failed: queue.note_that_it_fails(result.at); return queue.note_failure(result.failure);
        case what::dropped:
            if (queue.remove(result.number, result.queued)) queue.count_dropped();
            if (result.failure.kind != domain::failure_kind::none) queue.note_failure(result.failure);
            return;
        case what::stale: return queue.drop_older(result.at - oldest);
        case what::unwanted: return queue.drop_all();
    }
}

}  // namespace

void record_result(write_txn& txn, const tables& all, domain::poke_result& result, const domain::set_counter& sets) {
    result.waiting = 0;
    result.is_removed = result.came == what::rejected && remove_rejected(txn, all, result, sets);
    if (result.is_removed) return;
    queue_writer queue(txn, all, queue_key{result.queue});
    if (!queue.exists()) return;
    if (!is_outdated(txn, all, queue, result)) {
        apply(queue, result);
        queue.store();
    }
    result.waiting = queue.record().waiting;
}

}  // namespace pusherd::persistence
