#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace pusherd::app {

/// Ends the process with 1 and one line on stderr. For signal handlers, too: it calls nothing but write(2) and
/// _exit(2).
[[noreturn]] inline void end_saying(std::string_view line) noexcept {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    std::_Exit(EXIT_FAILURE);
}

}  // namespace pusherd::app
