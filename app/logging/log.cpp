#include "app/logging/log.hpp"

#include "app/logging/journal.hpp"
#include "domain/fixed_text.hpp"

#include <poll.h>
#include <unistd.h>

#include <ctime>
#include <utility>

namespace pusherd::app {
namespace {

using domain::severity;

bool is_wanted(severity how_much, log_level level) noexcept {
    switch (how_much) {
        case severity::debug: return level == log_level::debug;
        case severity::info: return level <= log_level::info;
        case severity::warning: return level <= log_level::warning;
        case severity::error:
        case severity::critical:
        case severity::notice: return true;
    }
    return true;
}

// What clients cause comes as often as they like.
bool may_repeat(severity how_much) noexcept { return how_much == severity::warning || how_much == severity::error; }

// Together they fit a line, however they are escaped.
constexpr std::size_t longest_message = 640;
constexpr std::size_t room_for_count = 64;  // of lines held back

bool stderr_takes_a_line() noexcept {
    pollfd stderr_now{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&stderr_now, 1, 0) > 0;
}

}  // namespace

const std::map<std::string, log_level>& log_level_names() {
    static const std::map<std::string, log_level> names{{"debug", log_level::debug},
                                                        {"info", log_level::info},
                                                        {"warning", log_level::warning},
                                                        {"error", log_level::error}};
    return names;
}

const std::map<std::string, log_format>& log_format_names() {
    static const std::map<std::string, log_format> names{{"text", log_format::text}, {"json", log_format::json}};
    return names;
}

stderr_log::stderr_log(log_level level, log_format format)
    : level_(level), style_{.format = format, .is_for_journal = stderr_is_the_journal()} {}

void stderr_log::write(severity how_much, std::string_view message) noexcept {
    if (!is_wanted(how_much, level_)) return;
    const std::lock_guard lock(mutex_);
    tell_of_lost_lines();
    repeat_filter::verdict repeats{.is_to_be_written = true, .held_back = 0};
    if (may_repeat(how_much)) repeats = repeats_.count(message, repeat_filter::clock::now());
    if (!repeats.is_to_be_written) return;

    domain::fixed_text<longest_message> line{message.substr(0, longest_message - room_for_count)};
    if (repeats.held_back != 0)
        line.append(" (and ").append_number(repeats.held_back).append(" times before, not shown)");
    if (lost_ == 0 && stderr_takes_a_line())
        write_at_once(how_much, line);
    else
        lost_ += 1 + repeats.held_back;
}

void stderr_log::tell_of_lost_lines() noexcept {
    if (lost_ != 0 && stderr_takes_a_line()) {
        domain::short_line told;
        told.append_number(std::exchange(lost_, 0)).append(" lines of the log were lost: nobody read them");
        write_at_once(severity::warning, told);
    }
}

void stderr_log::write_at_once(severity how_much, std::string_view message) noexcept {
    std::timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const log_line line = make_log_line(how_much, message, style_, now);
    // There is nowhere left to say that this failed.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.view().data(), line.view().size());
}

}  // namespace pusherd::app
