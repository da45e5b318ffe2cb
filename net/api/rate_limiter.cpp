#include "net/api/rate_limiter.hpp"

#include <algorithm>

namespace pusherd::net {

namespace {

// A year is longer than any server runs, and far from where the clock's numbers end.
std::chrono::steady_clock::duration to_duration(double seconds) {
    constexpr double year = 365.0 * 24 * 3600;
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(std::min(seconds, year)));
}

}  // namespace

rate_limiter::rate_limiter(double rate, double burst) { set_limits(rate, burst); }

void rate_limiter::set_limits(double rate, double burst) noexcept {
    interval_ = rate > 0 ? std::max(to_duration(1 / rate), duration(1)) : duration{};
    tolerance_ = rate > 0 ? to_duration(std::max(burst - 1, 0.0) / rate) : duration{};
}

void rate_limiter::change(double rate, double burst) noexcept {
    set_limits(rate, burst);
    for (shard& part : shards_) {
        const std::lock_guard lock(part.mutex);
        part.empty_at.clear();
    }
}

std::optional<std::chrono::milliseconds> rate_limiter::take(std::string_view user_id, time_point now) {
    const duration interval = interval_.load(std::memory_order_relaxed);
    const duration tolerance = tolerance_.load(std::memory_order_relaxed);
    if (interval == duration{}) return std::nullopt;
    shard& part = shards_[std::hash<std::string_view>{}(user_id) % shards_.size()];
    const std::lock_guard lock(part.mutex);
    auto found = part.empty_at.find(user_id);
    if (found == part.empty_at.end()) {
        if (part.empty_at.size() >= part.sweep_at) forget_quiet_users(part, now);
        found = part.empty_at.emplace(user_id, now).first;
    }
    time_point& empty_at = found->second;
    const time_point start = std::max(empty_at, now);
    if (start - now > tolerance) return std::chrono::ceil<std::chrono::milliseconds>(start - now - tolerance);
    empty_at = start + interval;
    return std::nullopt;
}

std::size_t rate_limiter::size() const {
    std::size_t users = 0;
    for (const shard& part : shards_) {
        const std::lock_guard lock(part.mutex);
        users += part.empty_at.size();
    }
    return users;
}

// An empty bucket says no more than none. Doubling the mark keeps the cost of a sweep small per user.
void rate_limiter::forget_quiet_users(shard& part, time_point now) {
    std::erase_if(part.empty_at, [now](const auto& entry) { return entry.second <= now; });
    part.sweep_at = std::max<std::size_t>(1024, 2 * part.empty_at.size());
}

}  // namespace pusherd::net
