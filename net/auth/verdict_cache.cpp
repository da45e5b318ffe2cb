#include "net/auth/verdict_cache.hpp"

#include <utility>

namespace pusherd::net {
namespace {

constexpr std::size_t trimmed_at_once = 256;  // of a shard: it is locked meanwhile

}  // namespace

remembered_verdict verdict_cache::find_fresh(const verdict_key& key, clock::time_point now) const {
    const shard& in = shard_of(key);
    if (auto session = in.sessions.find(key); session && now < (*session)->fresh_until) return std::move(*session);
    if (const auto unknown = in.unknown.find(key); unknown && now < unknown->until) return *unknown;
    return nothing_remembered{};
}

verdict_cache::session_ptr verdict_cache::find_stale(const verdict_key& key, clock::time_point now) const {
    auto session = shard_of(key).sessions.find(key);
    return session && now < (*session)->stale_until ? std::move(*session) : nullptr;
}

void verdict_cache::put(const verdict_key& key, session_ptr session) {
    shard& in = shard_of(key);
    in.unknown.erase(key);
    in.sessions.put(key, std::move(session));
}

void verdict_cache::put_unknown(const verdict_key& key, bool soft_logout, clock::time_point now) {
    shard& in = shard_of(key);
    in.sessions.erase(key);
    in.unknown.put(key, {soft_logout, now + bounds::unknown_token_lifetime});
}

void verdict_cache::forget(const verdict_key& key) {
    shard& in = shard_of(key);
    in.sessions.erase(key);
    in.unknown.erase(key);
}

void verdict_cache::trim(clock::time_point now) {
    for (shard& each : shards_) {
        each.sessions.erase_oldest_if(trimmed_at_once, [now](const auto& old) { return old->stale_until <= now; });
        each.unknown.erase_oldest_if(trimmed_at_once, [now](const auto& old) { return old.until <= now; });
    }
}

std::size_t verdict_cache::sessions() const noexcept {
    std::size_t sum = 0;
    for (const shard& each : shards_) sum += each.sessions.size();
    return sum;
}

}  // namespace pusherd::net
