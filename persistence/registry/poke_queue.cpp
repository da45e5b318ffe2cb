#include "persistence/registry/poke_queue.hpp"

#include "domain/pokes/poke.hpp"
#include "domain/shown_pusher.hpp"
#include "persistence/registry/queue_writer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

using raw_entries = table<raw_key, no_record>;

constexpr domain::timestamp told_once_milliseconds = std::chrono::milliseconds(told_once).count();

// What does not decode is of no use, and a time far ahead is none.
bool is_old(std::string_view told, domain::timestamp now) {
    try {
        const domain::timestamp when = told_event_record::decode(told).when;
        return when <= now - told_once_milliseconds || when >= now + told_once_milliseconds;
    } catch (const corrupt_record&) {
        return true;
    }
}

// Whether the pusher was told of the event within a day; from now on it was.
bool was_told(write_txn& txn, const tables& all, const told_event_key& what, domain::timestamp now) {
    key_buffer buffer;
    const std::string key(encode(what, buffer));
    bool is_known = false;
    txn.scan(all.told_events, key, [&](std::string_view, std::string_view record) {
        is_known = !is_old(record, now);
        return false;
    });
    if (is_known) return true;
    txn.put(all.told_events, what, told_event_record{now}.encode());
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
        if (!what.event_id.empty() && was_told(txn, all, told_of(key.pusher, what.event_id), now)) continue;
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
    std::vector<std::string> doomed;  // what does not decode among them
    txn.scan(all.queues, as_bytes(queue.pusher), [&](std::string_view each, std::string_view) {
        doomed.emplace_back(each);
        return true;
    });
    for (const std::string& each : doomed) txn.erase(raw_entries{all.queues.handle}, raw_key{each});
}

void forget_told_events(write_txn& txn, const tables& all, domain::timestamp now, std::size_t most,
                        std::string& position) {
    std::vector<std::string> old;
    std::string next;
    txn.scan_from(all.told_events, position, [&](std::string_view key, std::string_view record) {
        if (most-- == 0) {
            next = key;
            return false;
        }
        if (is_told_event(key) && is_old(record, now)) old.emplace_back(key);
        return true;
    });
    for (const std::string& each : old) txn.erase(raw_entries{all.told_events.handle}, raw_key{each});
    position = std::move(next);
}

}  // namespace pusherd::persistence
