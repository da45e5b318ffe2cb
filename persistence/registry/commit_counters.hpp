#pragma once

#include "domain/counter.hpp"

#include <cstddef>
#include <cstdint>

namespace pusherd::persistence {

/// Upper bounds of how many sets a batch has.
inline constexpr domain::histogram<11>::bounds batch_sizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

/// Upper bounds of how long a commit takes, its sync included, in microseconds.
inline constexpr domain::histogram<13>::bounds batch_times{
    500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};

/// What the committer has done since its start. Its thread counts, any may look.
struct commit_counters {
    domain::histogram<batch_sizes.size()> batch_sets{batch_sizes};
    domain::histogram<batch_times.size()> batch_microseconds{batch_times};
    domain::counter failed_sets;  ///< could not be stored: answered 500
};

/// How many sets wait for the committer.
struct queue_state {
    std::size_t sets = 0;
    std::size_t limit = 0;  ///< at which more are refused
};

}  // namespace pusherd::persistence
