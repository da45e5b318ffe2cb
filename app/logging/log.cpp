#include "app/logging/log.hpp"

#include "domain/fixed_text.hpp"
#include "domain/text.hpp"

#include <boost/json/serialize.hpp>
#include <poll.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <new>
#include <utility>

namespace pusherd::app {
namespace {

using domain::severity;

spdlog::level::level_enum to_spdlog(severity how_much) noexcept {
    switch (how_much) {
        case severity::debug: return spdlog::level::debug;
        case severity::info:
        case severity::notice: return spdlog::level::info;
        case severity::warning: return spdlog::level::warn;
        case severity::error: return spdlog::level::err;
        case severity::critical: return spdlog::level::critical;
    }
    return spdlog::level::info;
}

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

// The kernel's priorities, which the journal takes off the front of a line.
int priority_of(spdlog::level::level_enum level) noexcept {
    if (level >= spdlog::level::critical) return 2;
    if (level == spdlog::level::err) return 3;
    if (level == spdlog::level::warn) return 4;
    return level == spdlog::level::info ? 6 : 7;
}

// "the device and the inode number of the socket" that the journal gave us (systemd.exec(5), $JOURNAL_STREAM).
bool stderr_is_the_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

// A pipe is writable if it takes PIPE_BUF bytes at once (pipe(7)): a line must not be longer, however it is escaped.
constexpr std::size_t longest_message = 640;
constexpr std::size_t room_for_count = 64;  // of lines held back

bool stderr_takes_a_line() noexcept {
    pollfd stderr_now{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&stderr_now, 1, 0) > 0;
}

constexpr const char* iso_time = "%Y-%m-%dT%H:%M:%S.%eZ";

class journal_priority final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string priority = "<" + std::to_string(priority_of(message.level)) + ">";
        out.append(priority.data(), priority.data() + priority.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<journal_priority>();
    }
};

std::unique_ptr<spdlog::formatter> make_formatter(log_format format) {
    const std::string priority = stderr_is_the_journal() ? "%P" : "";
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<journal_priority>('P');
    if (format == log_format::json)  // the message is a JSON string already
        formatter->set_pattern(priority + R"({"time":")" + iso_time + R"(","level":"%l","message":%v})");
    else
        formatter->set_pattern(priority.empty() ? std::string(iso_time) + " %l %v" : priority + "%v");
    return formatter;
}

// A line put together without asking for memory: what it says is cut off rather than lost. ASCII alone, and nothing
// that JSON would have to escape, so it is good for every format.
void write_without_memory(severity how_much, std::string_view message, log_format format, bool to_journal) noexcept {
    const auto level = spdlog::level::to_string_view(to_spdlog(how_much));
    const bool is_json = format == log_format::json;
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    char time[32];
    ::gmtime_r(&now, &utc);
    const std::string_view when(time, std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S.000Z", &utc));
    domain::fixed_text<1024> line;
    if (to_journal) line.append("<").append_number(static_cast<unsigned>(priority_of(to_spdlog(how_much)))).append(">");
    for (const std::string_view part :
         {std::string_view(is_json ? R"({"time":")" : ""), when, std::string_view(is_json ? R"(","level":")" : " "),
          std::string_view(level.data(), level.size()), std::string_view(is_json ? R"(","message":")" : " ")})
        line.append(part);
    for (const char c : message.substr(0, 800)) {
        const bool is_plain = c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
        line.append(is_plain ? std::string_view(&c, 1) : "?");
    }
    line.append(is_json ? "\"}\n" : "\n");
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.view().data(), line.view().size());
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

struct stderr_log::sink {
    explicit sink(log_format log_format) : format(log_format) { out.set_formatter(make_formatter(format)); }

    log_format format;
    bool to_journal = stderr_is_the_journal();
    spdlog::sinks::stderr_sink_st out;
};

stderr_log::stderr_log(log_level level, log_format format) : level_(level), sink_(std::make_unique<sink>(format)) {}

stderr_log::~stderr_log() = default;

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
    try {
        std::string text = domain::escape_control_characters(message);
        if (sink_->format == log_format::json) text = boost::json::serialize(boost::json::string_view{text});
        sink_->out.log(spdlog::details::log_msg("", to_spdlog(how_much), text));
        sink_->out.flush();
    } catch (const std::bad_alloc&) {
        write_without_memory(how_much, message, sink_->format, sink_->to_journal);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is nowhere left to say it
    }
}

}  // namespace pusherd::app
