#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What a server holds over time, and whether it is flat.
namespace pusherd::bench {

/// What was seen at one moment.
struct soak_sample {
    std::chrono::duration<double> at;  ///< since the begin
    std::uint64_t resident_bytes = 0;  ///< of the server that runs all the time
    std::uint64_t private_bytes = 0;   ///< of that, what no file is behind
    std::uint64_t open_files = 0;      ///< of the same
    std::uint64_t reader_slots = 0;    ///< of all processes
    std::uint64_t file_bytes = 0;      ///< of the database
};

/// One of these numbers.
struct soak_measure {
    std::string name;
    std::string unit;
    std::uint64_t soak_sample::*value;
    double divisor;  ///< to have the unit
    /// What it may grow by, whatever its size: one connection that comes while another is not gone yet.
    double tolerance;
};

[[nodiscard]] const std::vector<soak_measure>& soak_measures();

/// Whether a number stays as it is once the server has settled.
struct flatness {
    double earlier = 0;  ///< the median of the first half of what comes after settling
    double later = 0;    ///< that of the second half
    bool is_flat = false;

    /// The growth that is taken for none.
    static constexpr double most_growth = 0.05;
};

/// A third of the run, and ten minutes at most, are for settling: buffers and pages that are used for the first time.
[[nodiscard]] std::chrono::duration<double> settling_time(std::chrono::duration<double> length);

/// Flat: the later median is no more than 5 %, or the measure's tolerance, above the earlier one. What shrinks is flat.
/// Too few samples to tell are not.
[[nodiscard]] flatness judge(const std::vector<soak_sample>& samples, const soak_measure& what,
                             std::chrono::duration<double> settled);

}  // namespace pusherd::bench
