#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace pusherd::bench {

/// What the system has counted for a process (proc(5)).
struct process_usage {
    std::chrono::duration<double> cpu;  ///< user and system time, of all its threads; in steps of 10 ms
    std::uint64_t major_faults;         ///< pages that had to come from the disk
};

/// Nothing if there is no such process.
[[nodiscard]] std::optional<process_usage> usage_of(pid_t process);

}  // namespace pusherd::bench
