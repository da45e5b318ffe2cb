#pragma once

#include "app/metrics/prometheus_text.hpp"

namespace pusherd::app {

/// What Prometheus' own client libraries tell of every process, by the same names: CPU time, memory, descriptors,
/// start.
void write_process_metrics(prometheus_text& to);

}  // namespace pusherd::app
