#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace pusherd::persistence {

/// How many sets may wait for the disk: so many as it takes in a fraction of a second, by what its last batches took.
/// Whoever is let in is then answered soon, and the rest is told so at once.
class queue_bound {
public:
    using duration = std::chrono::steady_clock::duration;

    struct limits {
        std::size_t most = 2048;                          ///< they cost memory, too
        std::size_t least = 256;                          ///< one slow sync is no reason to turn a small crowd away
        duration batch = std::chrono::milliseconds(100);  ///< a set waits for the batch before its own, and its own
    };

    explicit queue_bound(const limits& within) : within_(within), sets_(within.most) {}

    [[nodiscard]] std::size_t sets() const noexcept { return sets_; }

    /// A batch of so many sets took so long. Only one that took too long makes the bound smaller: of a small one, the
    /// sync is most, and a large one would cost little more.
    void learn(std::size_t sets, duration took) noexcept {
        if (took > within_.batch) {
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
};

}  // namespace pusherd::persistence
