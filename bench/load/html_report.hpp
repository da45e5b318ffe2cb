#pragma once

#include "bench/load/run_result.hpp"

#include <string>

namespace pusherd::bench {

/// A run as one self-contained page: the table, throughput over time, and latencies by percentile on logarithmic axes.
/// No script, nothing to load: it can be mailed, read on a phone and printed.
[[nodiscard]] std::string to_html(const run_options& options, const run_result& result);

/// What that page says of a run, for a page that says more.
[[nodiscard]] std::string to_body(const run_result& result);

}  // namespace pusherd::bench
