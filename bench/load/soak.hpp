#pragma once

#include "bench/load/run_result.hpp"
#include "bench/load/soak_samples.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pusherd::bench {

/// What `pusherd-bench soak` is told.
struct soak_options {
    std::filesystem::path pusherd;  ///< the server's binary
    std::filesystem::path folder;  ///< of the database, the logs and the token file; must not be there yet, or be empty
    std::chrono::duration<double> length{std::chrono::minutes(30)};
    std::chrono::duration<double> between_restarts{20};
    std::chrono::duration<double> between_samples{1};
    double rate = 400;  ///< requests a second, over both servers
    std::size_t users = 1000;
    std::size_t connections = 32;
    std::filesystem::path report{};  ///< empty: none
};

/// What a soak found.
struct soak_result {
    run_options load;     ///< of the server that runs all the time
    run_result measured;  ///< what that one answered
    std::uint64_t answered_by_the_other = 0;
    std::map<std::string, std::uint64_t> wrong_by_cause{};  ///< of both
    std::vector<soak_sample> samples{};
    std::chrono::duration<double> settled{};
    std::uint64_t stops = 0;            ///< of the other server, by SIGTERM
    std::uint64_t kills = 0;            ///< by SIGKILL
    std::uint64_t rotations = 0;        ///< of each log
    std::vector<std::string> faults{};  ///< whatever else was not as it should be
};

/// All answers were right, all measures are flat, and there is no fault.
[[nodiscard]] bool is_good(const soak_result& result);

/// Runs two servers on one database, after a burst of sets to the first that is larger than all later ones. One runs
/// all the time, and is measured: connections stay open to it. The other is stopped and killed in turn, once each at
/// least, and started again after every `between_restarts`, and gets a connection a request. Both get every kind of
/// request. The log of the one is copied and cut off, the other's is moved away, whenever the other is started. At the
/// end both must stop in order, and the database must pass `pusherd verify`. Throws run_failed, and what
/// persistence::database throws.
[[nodiscard]] soak_result soak(const soak_options& options);

}  // namespace pusherd::bench
