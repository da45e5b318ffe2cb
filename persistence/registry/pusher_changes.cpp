#include "persistence/registry/pusher_changes.hpp"

#include "persistence/registry/lookup.hpp"
#include "persistence/registry/poke_queue.hpp"
#include "persistence/registry/tombstones.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

/// The record's bytes, out of reach of the transaction's next change; registrations are views of them.
std::string copy_of_record(const read_txn& txn, const tables& all, std::string_view user_id) {
    const auto found = txn.find(all.users, user_key{user_id});
    return found ? std::string(found->bytes()) : user_record::encode({});
}

void store_pushers(write_txn& txn, const tables& all, std::string_view user_id,
                   const std::vector<registration>& pushers) {
    if (pushers.empty())
        txn.erase(all.users, user_key{user_id});
    else
        txn.put(all.users, user_key{user_id}, user_record::encode(pushers));
}

std::uint64_t remove_own(write_txn& txn, const tables& all, std::string_view user_id, const digest128& key,
                         std::string_view shown_key) {
    return remove_pushers(txn, all, user_id, [&](const registration& each) {
        return each.key == key && each.shown.starts_with(shown_key);
    });
}

std::vector<std::string> evict_others(write_txn& txn, const tables& all, const digest128& key,
                                      std::string_view shown_key, std::string_view user_id) {
    std::vector<std::string> others;
    txn.scan(all.holders, as_bytes(key), [&](std::string_view holder, std::string_view) {
        const std::string_view other = decode_holder_key(holder).user_id;
        if (other != user_id) others.emplace_back(other);
        return true;
    });
    std::erase_if(others, [&](const std::string& other) { return remove_own(txn, all, other, key, shown_key) == 0; });
    return others;
}

// An email pusher has no gateway: what waited for it while it was one of http goes.
void drop_queue_unless_http(write_txn& txn, const tables& all, std::string_view user_id, const digest128& key,
                            domain::pusher_kind kind) {
    if (kind != domain::pusher_kind::http) drop_queue(txn, all, user_id, key);
}

// The user's record as it is to be.
std::string record_with_own(set_context& context, const domain::set_request& request, const domain::plan& decided) {
    const auto& wanted = std::get<domain::upsert>(*request.command);
    auto& pushers = context.pushers;
    if (context.own == pushers.size())
        pushers.push_back({.key = context.key, .created = request.now, .updated = 0, .kind = wanted.kind});
    registration& own = pushers[context.own];
    own.updated = request.now;
    own.kind = wanted.kind;
    own.device_id = decided.device_id;
    own.shown = wanted.shown;
    own.enabled = decided.enabled;
    return user_record::encode(pushers);
}

using key_set = std::set<digest128>;

key_set keys_of(std::span<const registration> pushers) {
    key_set keys;
    for (const registration& each : pushers) keys.insert(each.key);
    return keys;
}

std::vector<registration> last_of_each_key(std::span<const registration> pushers) {
    std::vector<registration> last;
    key_set seen;
    std::copy_if(pushers.rbegin(), pushers.rend(), std::back_inserter(last),
                 [&](const registration& each) { return seen.insert(each.key).second; });
    std::reverse(last.begin(), last.end());
    return last;
}

// Not std::merge(), which wants both sorted by time: where a clock was set back, the order of registration is another.
std::vector<registration> merged_by_time(std::span<const registration> kept, std::span<const registration> coming) {
    std::vector<registration> all;
    all.reserve(kept.size() + coming.size());
    auto next = kept.begin();
    for (const registration& each : coming) {
        while (next != kept.end() && next->created <= each.created) all.push_back(*next++);
        all.push_back(each);
    }
    all.insert(all.end(), next, kept.end());
    return all;
}

}  // namespace

domain::result<domain::outcome> carry_out_set(write_txn& txn, const tables& all, const domain::set_request& request,
                                              std::vector<std::string>& evicted) {
    auto decided = decide_set(txn, all, request, other_holders::always);
    if (!decided) return decided.error();
    const domain::plan& plan = decided->plan;
    if (!plan.writes()) return plan.what;

    set_context& context = decided->context;
    const std::string& user_id = request.who->user_id;
    const bool is_new = context.own == context.pushers.size();
    // Made before anything is changed: with the first change the context's views end.
    const std::string record = plan.write_own ? record_with_own(context, request, plan) : std::string();
    if (plan.evict_others) evicted = evict_others(txn, all, context.key, context.shown_key, user_id);
    if (plan.write_own) {
        if (is_new) txn.put(all.holders, holder_key{context.key, user_id}, "");
        if (is_new) forget_tombstone(txn, all, user_id, context.key);
        txn.put(all.users, user_key{user_id}, record);
        drop_queue_unless_http(txn, all, user_id, context.key, std::get<domain::upsert>(*request.command).kind);
    }
    if (plan.remove_own) remove_own(txn, all, user_id, context.key, context.shown_key);
    return plan.what;
}

std::vector<domain::pusher_key> remove_named(write_txn& txn, const tables& all, std::string_view user_id,
                                             std::span<const domain::pusher_key> keys) {
    std::map<digest128, const domain::pusher_key*> by_digest;
    for (const domain::pusher_key& each : keys) by_digest.emplace(digest_of(each), &each);
    std::vector<domain::pusher_key> removed;
    remove_pushers(txn, all, user_id, [&](const registration& each) {
        const auto named = by_digest.find(each.key);
        if (named == by_digest.end() || !each.shown.starts_with(domain::shown_key(*named->second))) return false;
        removed.push_back(*named->second);
        return true;
    });
    return removed;
}

std::uint64_t remove_pushers(write_txn& txn, const tables& all, std::string_view user_id,
                             const std::function<bool(const registration&)>& is_doomed) {
    const std::string source = copy_of_record(txn, all, user_id);
    auto pushers = user_record::decode(source).registrations();
    const auto doomed = std::stable_partition(pushers.begin(), pushers.end(),
                                              [&](const registration& each) { return !is_doomed(each); });
    const auto removed = static_cast<std::uint64_t>(pushers.end() - doomed);
    if (removed == 0) return 0;
    for (auto each = doomed; each != pushers.end(); ++each) {
        txn.erase(all.holders, holder_key{each->key, user_id});
        drop_queue(txn, all, user_id, each->key);
    }
    pushers.erase(doomed, pushers.end());
    store_pushers(txn, all, user_id, pushers);
    return removed;
}

bool merge_pushers(write_txn& txn, const tables& all, std::string_view user_id, std::span<const registration> pushers) {
    const std::string source = copy_of_record(txn, all, user_id);
    std::vector<registration> kept = user_record::decode(source).registrations();
    const std::vector<registration> coming = last_of_each_key(pushers);
    const key_set had = keys_of(kept);
    std::erase_if(kept, [come = keys_of(coming)](const registration& each) { return come.contains(each.key); });

    const std::vector<registration> merged = merged_by_time(kept, coming);
    if (shown_bytes(merged) > most_user_bytes) throw std::length_error("the pushers of one user take more than 64 MiB");
    const std::string record = user_record::encode(merged);
    if (record == source) return false;
    for (const registration& each : coming)
        if (!had.contains(each.key)) txn.put(all.holders, holder_key{each.key, user_id}, "");
    txn.put(all.users, user_key{user_id}, record);
    for (const registration& each : coming) drop_queue_unless_http(txn, all, user_id, each.key, each.kind);
    return true;
}

}  // namespace pusherd::persistence
