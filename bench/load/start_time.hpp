#pragma once

#include "bench/load/request_writer.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace pusherd::bench {

/// Starts a server, waits for its first 200 to `GET /health` (or to `path`), and ends it with SIGTERM.
/// @param command the program and its arguments, as on a command line
/// @return from the start of the process to the last byte of the answer
/// Throws run_failed if it cannot be started, ends by itself, or does not answer within ten seconds.
[[nodiscard]] std::chrono::duration<double> time_start(const std::vector<std::string>& command, const target& where,
                                                       const std::string& path);

}  // namespace pusherd::bench
