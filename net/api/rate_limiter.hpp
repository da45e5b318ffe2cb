#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pusherd::net {

/// Limits how often each user may do a thing, over all threads together: a burst at once, then so many a second. Any
/// thread.
///
/// The generic cell rate algorithm (ITU-T I.371): one time a user says it all, and a user who has been quiet for long
/// enough needs no memory.
class rate_limiter {
public:
    using clock = std::chrono::steady_clock;
    using time_point = clock::time_point;

    /// @param rate  how often a second; 0 or less: no limit
    /// @param burst how often at once; at least 1
    rate_limiter(double rate, double burst);

    /// Limits by these from now on, and begins anew for everybody: what a user owes was counted by the old ones.
    void change(double rate, double burst) noexcept;

    /// Takes one.
    /// @return nothing, or how long to wait for the next: then none was taken
    [[nodiscard]] std::optional<std::chrono::milliseconds> take(std::string_view user_id, time_point now);

    /// How many users it remembers.
    [[nodiscard]] std::size_t size() const;

private:
    using duration = clock::duration;

    struct hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    // A lock for each part, so that threads seldom meet.
    struct shard {
        mutable std::mutex mutex;
        std::unordered_map<std::string, time_point, hash, std::equal_to<>>
            empty_at;  ///< when the bucket is empty again
        std::size_t sweep_at = 1024;
    };

    static void forget_quiet_users(shard& part, time_point now);
    void set_limits(double rate, double burst) noexcept;

    // Apart: while they change, one set may be judged by an old one and a new one, and that is all.
    std::atomic<duration> interval_;   // what one costs; none: no limit
    std::atomic<duration> tolerance_;  // what may be owed
    std::array<shard, 64> shards_;
};

}  // namespace pusherd::net
