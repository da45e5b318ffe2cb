#pragma once

#include "app/logging/journal.hpp"
#include "domain/fixed_text.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace pusherd::app {

/// One line on stderr, without memory. For signal handlers, too, once error_prefix() has been asked for: it calls
/// nothing but write(2).
inline void say_last(std::string_view line) noexcept {
    const domain::fixed_text<512> whole{error_prefix(), line};  // in one write: no other thread's line comes between
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.view().data(), whole.view().size());
}

/// The same, and ends the process with 1.
[[noreturn]] inline void end_saying(std::string_view line) noexcept {
    say_last(line);
    std::_Exit(EXIT_FAILURE);
}

}  // namespace pusherd::app
