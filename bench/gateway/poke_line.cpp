#include "bench/gateway/poke_line.hpp"

#include "domain/text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <ctime>
#include <string_view>

namespace pusherd::bench {
namespace {

constexpr std::size_t longest_text = 120;  // characters of a message

std::string escaped(std::string_view text) { return domain::escape_control_characters(text); }

std::string shortened(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < longest_text && !text.empty(); ++i) out += domain::take_escaped(text).view();
    return text.empty() ? out : out + "…";
}

void append_event(std::string& out, const received_notification& what) {
    if (what.event_id.empty()) {
        out += " counts";
        return;
    }
    out += " event " + escaped(what.event_id);
    if (!what.room_id.empty()) out += " in " + escaped(what.room_id);
    if (!what.sender.empty()) out += " from " + escaped(what.sender);
    if (!what.type.empty()) out += ", " + escaped(what.type);
    if (!what.text.empty()) out += ": \"" + shortened(what.text) + '"';
}

void append_counts(std::string& out, const received_notification& what) {
    if (what.unread) out += fmt::format(" unread={}", *what.unread);
    if (what.missed_calls) out += fmt::format(" missed_calls={}", *what.missed_calls);
}

void append_devices(std::string& out, const received_notification& what) {
    const char* before = " -> ";
    for (const received_device& each : what.devices) {
        out += before + escaped(each.pushkey) + " (" + escaped(each.app_id) + ')';
        before = ", ";
    }
}

}  // namespace

std::string clock_time(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    const auto since_1970 = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch());
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, since_1970.count() % 1000);
}

std::string line_of(const received_notification& what, const verdict& said,
                    std::chrono::system_clock::time_point when) {
    std::string out = clock_time(when);
    append_event(out, what);
    append_counts(out, what);
    append_devices(out, what);
    return out + ": " + describe(said);
}

}  // namespace pusherd::bench
