#include "persistence/registry/tombstones.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace pusherd::persistence {
namespace {

constexpr std::size_t looked_at_once = 16;
constexpr std::size_t most_url_bytes = 512;

bool is_old(const tombstone_record& record, domain::timestamp now) noexcept {
    return now - record.removed > std::chrono::milliseconds(tombstone_lifetime).count();
}

void erase_all(write_txn& txn, const tables& all, const std::vector<tombstone_key>& keys) {
    for (const tombstone_key& each : keys) txn.erase(all.tombstones, each);
}

// The keys are digests, so those behind the new one are any: for each that comes, more are looked at, and the table
// cannot grow by those that nobody looks at any more.
void forget_some(write_txn& txn, const tables& all, const tombstone_key& near, domain::timestamp now) {
    std::string first(as_bytes(near.user));
    first += as_bytes(near.pusher);
    std::vector<tombstone_key> old;
    std::size_t looked_at = 0;
    txn.scan_from(all.tombstones, first, [&](std::string_view key, std::string_view bytes) {
        if (is_old(tombstone_record::decode(bytes), now)) old.push_back(decode_tombstone_key(key));
        return ++looked_at < looked_at_once;
    });
    erase_all(txn, all, old);
}

// The oldest, of more than there are to be.
void forget_oldest(write_txn& txn, const tables& all, const digest128& user) {
    std::vector<std::pair<domain::timestamp, tombstone_key>> found;
    txn.scan(all.tombstones, as_bytes(user), [&](std::string_view key, std::string_view bytes) {
        found.emplace_back(tombstone_record::decode(bytes).removed, decode_tombstone_key(key));
        return true;
    });
    if (found.size() <= most_tombstones) return;
    const auto by_time = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::sort(found.begin(), found.end(), by_time);
    found.resize(found.size() - most_tombstones);
    for (const auto& [removed, key] : found) txn.erase(all.tombstones, key);
}

}  // namespace

void bury(write_txn& txn, const tables& all, std::string_view user_id, const domain::pusher_key& key,
          std::string_view url, domain::timestamp now) {
    const tombstone_key name{digest_of(user_id), digest_of(key)};
    const tombstone_record record{
        .removed = now, .app_id = key.app_id, .pushkey = key.pushkey, .url = url.substr(0, most_url_bytes)};
    txn.put(all.tombstones, name, record.encode());
    forget_oldest(txn, all, name.user);
    forget_some(txn, all, name, now);
}

std::vector<tombstone_record> tombstones_of(const read_txn& txn, const tables& all, std::string_view user_id,
                                            domain::timestamp now) {
    std::vector<tombstone_record> found;
    txn.scan(all.tombstones, as_bytes(digest_of(user_id)), [&](std::string_view, std::string_view bytes) {
        const auto record = tombstone_record::decode(bytes);
        if (!is_old(record, now)) found.push_back(record);
        return true;
    });
    return found;
}

void forget_tombstone(write_txn& txn, const tables& all, std::string_view user_id, const digest128& pusher) {
    txn.erase(all.tombstones, tombstone_key{digest_of(user_id), pusher});
}

void forget_tombstones(write_txn& txn, const tables& all, std::string_view user_id) {
    std::vector<tombstone_key> doomed;
    txn.scan(all.tombstones, as_bytes(digest_of(user_id)), [&](std::string_view key, std::string_view) {
        doomed.push_back(decode_tombstone_key(key));
        return true;
    });
    erase_all(txn, all, doomed);
}

}  // namespace pusherd::persistence
