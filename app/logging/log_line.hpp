#pragma once

#include "domain/fixed_text.hpp"
#include "domain/logger.hpp"

#include <climits>
#include <ctime>
#include <string_view>

namespace pusherd::app {

// Of int: CLI11 reads and shows what is smaller as a character.
enum class log_format : int { text, json };

/// How a line is begun, and what its message is wrapped in.
struct log_line_style {
    log_format format = log_format::text;
    bool is_for_journal = false;  ///< begin with the priority (sd-daemon(3)), and leave out what the journal adds
};

/// A line with its newline. A pipe that is writable takes this many bytes at once (pipe(7)).
using log_line = domain::fixed_text<PIPE_BUF>;

/// Puts a line of the log together: `2026-11-22T12:00:00.000Z info message`, or a JSON object with these three.
/// By hand, and not by spdlog, whose formatter asks for memory: that there is none left is a thing to log.
/// @param message of which each control character and each byte that is not UTF-8 is written as `\xNN`; at most some
///        780 bytes are sure to fit, and what does not fit is cut off
/// @param when by the system's clock
[[nodiscard]] log_line make_log_line(domain::severity how_much, std::string_view message, log_line_style style,
                                     const std::timespec& when) noexcept;

}  // namespace pusherd::app
