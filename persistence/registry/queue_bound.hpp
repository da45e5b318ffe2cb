#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace pusherd::persistence {

/// How many sets may wait for the disk: so many as it takes in a fraction of a second, by what its last batches took.
/// Whoever is let in is then answered soon, and the rest is told so at once.
class queue_bound {
public:
    using duration = std::chrono::steady_clock::duration;

    struct limits {
        std::size_t most = 2048;                          ///< they cost memory, too
        std::size_t least = 256;                          ///< a small crowd is never turned away
        duration batch = std::chrono::milliseconds(100);  ///< a set waits for the batch before its own, and its own
    };

    explicit queue_bound(const limits& within) : within_(within), sets_(within.most) {}

    [[nodiscard]] std::size_t sets() const noexcept { return sets_; }

    /// A batch of so many sets took so long. Only those that take too long make the bound smaller: of a small one, the
    /// sync is most, and a large one would cost little more. A single one does not: every disk hangs for a moment now
    /// and then, and is as fast as before when it goes on.
    void learn(std::size_t sets, duration took) noexcept {
        const bool is_slow = took > within_.batch;
        const bool was_slow = std::exchange(was_slow_, is_slow);
        if (is_slow && !was_slow) return;
        if (is_slow) {
            const double share = std::chrono::duration<double>(within_.batch) / std::chrono::duration<double>(took);
            sets_ = std::min(sets_, static_cast<std::size_t>(static_cast<double>(sets) * share));
        } else {
            sets_ += sets;
        }
        sets_ = std::clamp(sets_, std::min(within_.least, within_.most), within_.most);
    }

private:
    limits within_;
    std::size_t sets_;
    bool was_slow_ = false;
};

}  // namespace pusherd::persistence
