#pragma once

#include "bench/load/measurements.hpp"
#include "bench/load/run_options.hpp"

#include <chrono>
#include <optional>

namespace pusherd::bench {

/// What a run found.
struct run_result {
    measurements measured;
    /// Of the server's processes together, while it was measured; nothing without `--server-pid`.
    std::optional<std::chrono::duration<double>> server_cpu;
    std::uint64_t server_major_faults = 0;

    [[nodiscard]] double requests_a_second() const {
        return static_cast<double>(measured.answered()) / measured.span().length().count();
    }
    /// Seconds of the server's CPU a request.
    [[nodiscard]] double server_cpu_a_request() const {
        return server_cpu->count() / static_cast<double>(measured.answered());
    }
};

/// Whether every answer was right, and there was one at all.
[[nodiscard]] inline bool is_clean(const run_result& result) {
    return result.measured.wrong() == 0 && result.measured.answered() != 0;
}

}  // namespace pusherd::bench
