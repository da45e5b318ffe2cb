#pragma once

#include "tests/power_loss/disk.hpp"
#include "tests/power_loss/recording.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pusherd::power_loss {

/// What happens one after another. A write that goes through to the disk is two steps: while it is under way, it may
/// have come or not.
struct step {
    event what;
    bool finishes;           ///< the second step of such a write
    std::uint64_t position;  ///< of the recording, before it
};

[[nodiscard]] std::vector<step> steps_of(const std::vector<event>& events);

/// What MDB_NOSYNC does to the calls: no sync of a file, and meta pages through the ordinary descriptor.
[[nodiscard]] std::vector<event> without_syncs(const std::vector<event>& events);

/// The power goes before a step.
struct crash {
    std::size_t before_step;
    std::uint64_t position;
    loss how;
};

/// Crashes in the order of their steps, about so many: most of them right before something comes to the disk for sure,
/// when most is uncertain, the more the more is; the rest at random. Each time nothing, all, all but one and one alone
/// of the pending changes come first, then random parts of them.
[[nodiscard]] std::vector<crash> plan_crashes(const std::vector<step>& steps, std::uint64_t root_inode,
                                              std::size_t about, std::uint32_t seed);

/// Goes through the steps, forward only.
class replay {
public:
    replay(const std::vector<step>& steps, std::uint64_t root_inode) : steps_(steps), disk_(root_inode) {}

    /// Carries out all before this step.
    const disk& advance_to(std::size_t before_step);

private:
    const std::vector<step>& steps_;
    std::size_t done_ = 0;
    disk disk_;
};

}  // namespace pusherd::power_loss
