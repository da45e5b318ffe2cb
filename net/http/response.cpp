#include "net/http/response.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <charconv>

namespace pusherd::net {
namespace {

constexpr std::string_view json_type = "application/json";

// The CORS headers are those that the specification recommends on every answer (client-server API, 1.1.3 "Web browser
// clients"); browsers then let a script read the fields that Access-Control-Expose-Headers adds.
constexpr std::string_view no_store = "Cache-Control: no-store\r\n";
constexpr std::string_view for_scripts =
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS\r\n"
    "Access-Control-Allow-Headers: X-Requested-With, Content-Type, Authorization\r\n";

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

// By hand, because strftime() asks the locale: names of days and months are English here (RFC 9110, 5.6.7).
domain::fixed_text<64> format_date(std::time_t time) noexcept {
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 40> text;
    const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                   months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                                   utc.tm_min, utc.tm_sec);
    return {std::string_view(text.data(), static_cast<std::size_t>(size))};
}

}  // namespace

std::string_view reason_of(unsigned status) noexcept {
    const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    if (reason.starts_with('<')) return {};  // Beast's word for one that it does not know
    return {reason.data(), reason.size()};
}

// Formatted once a second: the coarse clock costs a few loads.
void response_writer::keep_up_with_date() noexcept {
    std::timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec == date_ && !date_field_.view().empty()) return;
    date_ = now.tv_sec;
    date_field_ = {"Date: ", format_date(date_), "\r\n"};
    usual_begin_ = {"HTTP/1.1 200 OK\r\nContent-Type: ", json_type, "\r\n", no_store, for_scripts, date_field_};
}

void response_writer::append_begin(std::string& out, const response_head& head) {
    keep_up_with_date();
    if (head.status == 200 && head.content_type == json_type && head.is_for_scripts) {
        out += usual_begin_.view();
        return;
    }
    out += "HTTP/1.1 ";
    append_number(out, head.status);
    out += ' ';
    out += reason_of(head.status);
    out += "\r\n";
    if (!head.content_type.empty()) {
        out += "Content-Type: ";
        out += head.content_type;
        out += "\r\n";
    }
    out += no_store;
    if (head.is_for_scripts) out += for_scripts;
    out += date_field_.view();
}

void response_writer::append_head(std::string& out, const response_head& head) {
    append_begin(out, head);
    if (!head.outcome.empty()) {
        out += "Pusherd-Outcome: ";
        out += head.outcome;
        out += "\r\nAccess-Control-Expose-Headers: Pusherd-Outcome, Retry-After\r\n";
    }
    out += head.extra_fields;
    if (head.status != 204) {
        out += "Content-Length: ";
        append_number(out, head.content_length);
        out += "\r\n";
    }
    if (head.close) out += "Connection: close\r\n";
    out += "\r\n";
}

void response_writer::append(std::string& out, response_head head, std::string_view body, bool is_head_request) {
    head.content_length = body.size();
    append_head(out, head);
    if (!is_head_request) out += body;
}

}  // namespace pusherd::net
