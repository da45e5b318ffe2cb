#pragma once

#include "bench/load/run_result.hpp"

#include <string>

namespace pusherd::bench {

/// The table at the end of a run, for people.
[[nodiscard]] std::string to_table(const run_options& options, const run_result& result);

/// The same for programs: a JSON object, latencies in milliseconds.
[[nodiscard]] std::string to_json(const run_options& options, const run_result& result);

/// What the run was, in a line.
[[nodiscard]] std::string describe(const run_options& options);

}  // namespace pusherd::bench
