#pragma once

#include "net/asio.hpp"

#include <ctime>

namespace pusherd::net {

/// The time of `clock`, up to some milliseconds late and for a tenth of the price: for deadlines of seconds, which are
/// set with every request (clock_gettime(2), CLOCK_MONOTONIC_COARSE; `clock` is CLOCK_MONOTONIC).
[[nodiscard]] inline clock::time_point coarse_now() noexcept {
    std::timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return clock::time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace pusherd::net
