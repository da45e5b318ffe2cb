#pragma once

#include "bench/gateway/received_notification.hpp"
#include "bench/gateway/verdict.hpp"

#include <chrono>
#include <string>

namespace pusherd::bench {

/// The time of day here, to the millisecond.
[[nodiscard]] std::string clock_time(std::chrono::system_clock::time_point when);

/// A notification as a line for people, without its end: when it came, what it tells of, whom it pokes, and what it is
/// answered with. Control characters are escaped, and a long text is cut short.
[[nodiscard]] std::string line_of(const received_notification& what, const verdict& said,
                                  std::chrono::system_clock::time_point when);

}  // namespace pusherd::bench
