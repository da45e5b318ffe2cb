#pragma once

#include "app/logging/log_line.hpp"
#include "app/logging/repeat_filter.hpp"
#include "domain/logger.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace pusherd::app {

// Of int, as log_format.
enum class log_level : int { debug, info, warning, error };

[[nodiscard]] const std::map<std::string, log_level>& log_level_names();
[[nodiscard]] const std::map<std::string, log_format>& log_format_names();

/// The log, on stderr: a line each, as log_line.hpp has it. Needs no memory but its own. By hand, and not a sink of
/// spdlog's: those wait for whoever reads, or keep in memory what nobody does.
class stderr_log final : public domain::logger {
public:
    stderr_log(log_level level, log_format format);

    /// Any thread. Never waits: what nobody takes, because a pipe is full, is counted and told of later. For that, a
    /// message is cut off after some 600 bytes. Of warnings and errors that repeat themselves, ten are written in ten
    /// seconds; how many were not is told with the next.
    void write(domain::severity how_much, std::string_view message) noexcept override;

    /// Any thread. What is written from now on.
    void change_level(log_level level) noexcept { level_ = level; }

private:
    void tell_of_lost_lines() noexcept;
    void write_at_once(domain::severity how_much, std::string_view message) noexcept;

    std::atomic<log_level> level_;
    const log_line_style style_;
    std::mutex mutex_;  // of all that writes: no other thread fills the pipe between a look at it and a line
    std::uint64_t lost_ = 0;
    repeat_filter repeats_;
};

}  // namespace pusherd::app
