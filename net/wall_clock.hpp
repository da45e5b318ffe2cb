#pragma once

#include "domain/change.hpp"

#include <chrono>

namespace pusherd::net {

/// The time of day, by which what happens is dated.
[[nodiscard]] inline domain::timestamp now_in_milliseconds() noexcept {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace pusherd::net
