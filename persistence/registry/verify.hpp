#pragma once

#include "persistence/registry/database.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace pusherd::persistence {

/// What was looked at.
struct verification {
    std::uint64_t users = 0;
    std::uint64_t pushers = 0;
    std::uint64_t tokens = 0;      ///< valid ones
    std::uint64_t unfinished = 0;  ///< tokens of imports that are under way or were broken off: not valid, no fault
    std::uint64_t faults = 0;
};

/// Checks every pusher and token, the indexes, and what waits for pushers against each other, in one snapshot. Each
/// fault is told to `report` in a line, while the snapshot is open: it must not wait for anybody.
[[nodiscard]] verification verify(database& db, const std::function<void(std::string_view)>& report);

}  // namespace pusherd::persistence
