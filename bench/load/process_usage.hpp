#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
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

/// What it holds (proc(5)).
struct process_holdings {
    std::uint64_t resident_bytes;  ///< of its memory, what is in RAM: pages of the database among it
    std::uint64_t private_bytes;   ///< of that, what no file is behind
    std::size_t open_files;
};

/// Nothing if there is no such process, or it must not be looked at.
[[nodiscard]] std::optional<process_holdings> holdings_of(pid_t process);

}  // namespace pusherd::bench
