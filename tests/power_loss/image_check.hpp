#pragma once

#include "tests/power_loss/recorded_teller.hpp"
#include "tests/support/crash_history.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::power_loss {

/// What must be in the database after a crash.
struct promises {
    std::vector<std::string> tokens;  ///< of the users with these numbers: imported at once
    testing::moment imported = testing::never;
    testing::crash_history history{};
    std::vector<told_event> told{};  ///< in their order; fewer than a queue takes
};

/// Opens the data folder of an image as `pusherd serve` does, and says what is wrong with it: all of it is read and
/// compared, then a user and a pusher are added, and all is read once more after another opening. Empty: nothing.
[[nodiscard]] std::string fault_in(const std::filesystem::path& data, const promises& given, std::uint64_t position);

}  // namespace pusherd::power_loss
