#pragma once

#include "app/logging/repeat_filter.hpp"
#include "domain/logger.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace pusherd::app {

// Of int: CLI11 reads and shows what is smaller as a character.
enum class log_level : int { debug, info, warning, error };
enum class log_format : int { text, json };

[[nodiscard]] const std::map<std::string, log_level>& log_level_names();
[[nodiscard]] const std::map<std::string, log_format>& log_format_names();

/// The log, on stderr: a line each, `2026-11-22T12:00:00.000Z info message` or a JSON object with these three. Where
/// stderr is systemd's journal, which has its own clock, a line begins with its priority instead (sd-daemon(3)).
class stderr_log final : public domain::logger {
public:
    stderr_log(log_level level, log_format format);
    ~stderr_log() override;

    /// Any thread. Never waits: what nobody takes, because a pipe is full, is counted and told of later. For that, a
    /// message is cut off after some 600 bytes. Of warnings and errors that repeat themselves, ten are written in ten
    /// seconds; how many were not is told with the next.
    void write(domain::severity how_much, std::string_view message) noexcept override;

    /// Any thread. What is written from now on.
    void change_level(log_level level) noexcept { level_ = level; }

private:
    void tell_of_lost_lines() noexcept;
    void write_at_once(domain::severity how_much, std::string_view message) noexcept;

    struct sink;
    std::atomic<log_level> level_;
    std::unique_ptr<sink> sink_;
    std::mutex mutex_;  // of all that writes: no other thread fills the pipe between a look at it and a line
    std::uint64_t lost_ = 0;
    repeat_filter repeats_;
};

}  // namespace pusherd::app
