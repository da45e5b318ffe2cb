#include "persistence/registry/poke_queue.hpp"

#include "domain/pokes/poke.hpp"
#include "domain/shown_pusher.hpp"
#include "persistence/registry/queue_writer.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

// Four periods and the current one are looked at, so that an event is kept in mind for a day at least.
constexpr std::int64_t period_milliseconds = std::chrono::milliseconds(told_once).count() / 4;
constexpr std::uint32_t periods = 5;
constexpr std::size_t forgotten_at_once = 64;

std::uint32_t period_of(domain::timestamp now) noexcept {
    return static_cast<std::uint32_t>(std::max<domain::timestamp>(now, 0) / period_milliseconds);
}

// Whether the pusher was told of the event within a day; from now on it was.
bool was_told(write_txn& txn, const tables& all, const queue_key& queue, std::string_view event_id,
              domain::timestamp now) {
    std::string both(as_bytes(queue.pusher));
    both += event_id;
    const digest128 what = digest_of(both);
    const std::uint32_t newest = period_of(now);
    for (std::uint32_t back = 0; back < periods && back <= newest; ++back)
        if (txn.contains(all.told_events, told_event_key{newest - back, what})) return true;
    txn.put(all.told_events, told_event_key{newest, what}, {});
    return false;
}

}  // namespace

std::uint32_t enqueue(write_txn& txn, const tables& all, const domain::notification& what, domain::timestamp now,
                      std::vector<domain::woken_queue>* told) {
    if (what.is_of_own_event) return 0;
    const auto found = txn.find(all.users, user_key{what.user_id});
    if (!found) return 0;
    const std::string bytes(found->bytes());
    const poke_record poke{.queued = now, .event_id = what.event_id, .source = what.source, .tweaks = what.tweaks};
    std::uint32_t queued = 0;
    for (const registration& each : user_record::decode(bytes).registrations()) {
        if (each.kind != domain::pusher_kind::http || !each.enabled) continue;
        if (!domain::concerns(domain::style_of(domain::data_of_shown(each.shown)), what)) continue;
        const queue_key key = queue_of(what.user_id, each.key);
        if (!what.event_id.empty() && was_told(txn, all, key, what.event_id, now)) continue;
        queue_writer queue(txn, all, key);
        if (!queue.exists()) queue.begin(what.user_id, each.key, now);
        queue.add(poke);
        queue.store();
        if (told != nullptr) told->push_back({key.pusher});
        ++queued;
    }
    return queued;
}

void drop_queue(write_txn& txn, const tables& all, std::string_view user_id, const digest128& key) {
    const queue_key queue = queue_of(user_id, key);
    if (!txn.erase(all.queues, queue)) return;
    std::vector<std::uint64_t> numbers;
    txn.scan(all.pokes, as_bytes(queue.pusher), [&](std::string_view poke, std::string_view) {
        numbers.push_back(decode_poke_key(poke).number);
        return true;
    });
    for (const std::uint64_t number : numbers) txn.erase(all.pokes, poke_key{queue.pusher, number});
}

void forget_told_events(write_txn& txn, const tables& all, domain::timestamp now, std::size_t added) {
    const std::uint32_t newest = period_of(now);
    std::vector<told_event_key> old;
    txn.scan_from(all.told_events, {}, [&](std::string_view key, std::string_view) {
        const told_event_key each = decode_told_event_key(key);
        if (each.period + periods > newest) return false;
        old.push_back(each);
        return old.size() < forgotten_at_once + 2 * added;
    });
    for (const told_event_key& each : old) txn.erase(all.told_events, each);
}

}  // namespace pusherd::persistence
