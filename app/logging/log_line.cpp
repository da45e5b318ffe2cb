#include "app/logging/log_line.hpp"

#include "domain/text.hpp"

namespace pusherd::app {
namespace {

using domain::severity;

std::string_view name_of(severity how_much) noexcept {
    switch (how_much) {
        case severity::debug: return "debug";
        case severity::info:
        case severity::notice: return "info";
        case severity::warning: return "warning";
        case severity::error: return "error";
        case severity::critical: return "critical";
    }
    return "info";
}

// The kernel's priorities, which the journal takes off the front of a line.
std::string_view priority_of(severity how_much) noexcept {
    switch (how_much) {
        case severity::debug: return "<7>";
        case severity::info:
        case severity::notice: return "<6>";
        case severity::warning: return "<4>";
        case severity::error: return "<3>";
        case severity::critical: return "<2>";
    }
    return "<6>";
}

// RFC 3339, in UTC, with milliseconds.
void append_time(log_line& line, const std::timespec& when) noexcept {
    std::tm utc{};
    char seconds[sizeof "2026-11-22T12:00:00"];
    ::gmtime_r(&when.tv_sec, &utc);
    line.append({seconds, std::strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc)});
    const auto milliseconds = static_cast<unsigned>(when.tv_nsec / 1'000'000);
    line.append(milliseconds < 10 ? ".00" : milliseconds < 100 ? ".0" : ".").append_number(milliseconds).append("Z");
}

void append_text(log_line& line, std::string_view message) noexcept {
    while (!message.empty()) line.append(domain::take_escaped(message));
}

// Without control characters, these two are all that a JSON string must escape (RFC 8259, section 7).
void append_json_string(log_line& line, std::string_view message) noexcept {
    line.append("\"");
    while (!message.empty()) {
        const auto character = domain::take_escaped(message);
        for (const char c : character.view()) {
            if (c == '"' || c == '\\') line.append("\\");
            line.append({&c, 1});
        }
    }
    line.append("\"");
}

}  // namespace

log_line make_log_line(severity how_much, std::string_view message, log_line_style style,
                       const std::timespec& when) noexcept {
    constexpr std::size_t sure_to_fit = (PIPE_BUF - 128) / 5;  // `\\x1b` of one byte, in JSON
    message = message.substr(0, sure_to_fit);
    log_line line;
    if (style.is_for_journal) line.append(priority_of(how_much));
    if (style.format == log_format::json) {
        line.append(R"({"time":")");
        append_time(line, when);
        line.append(R"(","level":")").append(name_of(how_much)).append(R"(","message":)");
        append_json_string(line, message);
        line.append("}");
    } else {
        if (!style.is_for_journal) {
            append_time(line, when);
            line.append(" ").append(name_of(how_much)).append(" ");
        }
        append_text(line, message);
    }
    line.append("\n");
    return line;
}

}  // namespace pusherd::app
