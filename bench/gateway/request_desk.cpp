#include "bench/gateway/request_desk.hpp"

#include "bench/gateway/poke_line.hpp"
#include "domain/json_source.hpp"

#include <boost/beast/http/verb.hpp>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <limits>
#include <utility>
#include <variant>

namespace pusherd::bench {
namespace {

using boost::beast::http::verb;

constexpr std::string_view delivery_path = "/_matrix/push/v1/notify";

// 0 says that there is no end.
constexpr std::uint64_t or_no_end(std::uint64_t number) noexcept {
    return number == 0 ? std::numeric_limits<std::uint64_t>::max() : number;
}

verdict too_large() { return error_verdict(413, "M_TOO_LARGE", "A body of 512 KiB is the longest that is taken"); }

verdict answer_to_unread(net::reading_fault why) {
    switch (why) {
        case net::reading_fault::malformed: return error_verdict(400, "M_UNKNOWN", "This is no request of HTTP/1.1");
        case net::reading_fault::head_too_large: return error_verdict(431, "M_TOO_LARGE", "The head is too large");
        case net::reading_fault::body_too_large: break;
    }
    return too_large();
}

// As UnifiedPush has it: who is told of a gateway's URL asks it what it is (https://unifiedpush.org).
verdict discovery_answer() {
    verdict out;
    out.body = R"({"unifiedpush":{"gateway":"matrix"}})";
    return out;
}

verdict wrong_method_answer() {
    verdict out = error_verdict(405, "M_UNRECOGNIZED", "This path takes POST");
    out.fields = "Allow: GET, HEAD, POST\r\n";
    return out;
}

// A body may have come in several lines.
std::string in_one_line(std::string_view json) {
    if (json.find_first_of("\r\n") == std::string_view::npos) return std::string(json);
    return domain::json_source::compact(json);
}

}  // namespace

asked_for what_is_asked(const net::request_head& head) noexcept {
    if (head.path != delivery_path) return asked_for::unknown;
    if (head.method == verb::post) return asked_for::delivery;
    const bool is_reading = head.method == verb::get || head.method == verb::head;
    return is_reading ? asked_for::discovery : asked_for::wrong_method;
}

request_desk::request_desk(const gateway_options& options, line_sink& out, std::function<void()> on_enough)
    : output_(options.output),
      enough_requests_(or_no_end(options.requests)),
      enough_pokes_(or_no_end(options.pokes)),
      rules_(options.rules, options.seed),
      out_(out),
      on_enough_(std::move(on_enough)) {}

verdict request_desk::take(asked_for what, std::string_view body) {
    switch (what) {
        case asked_for::delivery: return take_notification(body);
        case asked_for::discovery: return note_other(discovery_answer());
        case asked_for::wrong_method: return note_other(wrong_method_answer());
        case asked_for::unknown: break;
    }
    return note_other(error_verdict(404, "M_UNRECOGNIZED", "Here is /_matrix/push/v1/notify alone"));
}

verdict request_desk::take_notification(std::string_view body) {
    const auto read = reader_.read(body);
    if (const auto* const why = std::get_if<unreadable_notification>(&read))
        return note_other(error_verdict(400, why->errcode, why->error));
    const auto& what = std::get<received_notification>(read);
    verdict said = rules_.decide(what, std::time(nullptr));
    counted_.add(what, said, tally::clock::now());
    show(what, body, said);
    if (has_enough()) on_enough_();
    return said;
}

verdict request_desk::refuse(net::reading_fault why) { return note_other(answer_to_unread(why)); }

// What is no notification is shown as well, so that whoever looks sees that something comes, and why it is refused.
verdict request_desk::note_other(verdict said) {
    counted_.add_other(said);
    if (output_ == shown::lines)
        out_.write(clock_time(std::chrono::system_clock::now()) + " no notification: " + describe(said) + ' ' +
                   said.body);
    return said;
}

void request_desk::show(const received_notification& what, std::string_view body, const verdict& said) {
    if (output_ == shown::lines) out_.write(line_of(what, said, std::chrono::system_clock::now()));
    if (output_ == shown::json) out_.write(in_one_line(body));
}

void request_desk::show_counts() {
    if (output_ != shown::counts || counted_.requests() == shown_requests_) return;
    const std::uint64_t more = counted_.requests() - std::exchange(shown_requests_, counted_.requests());
    out_.write(fmt::format("{} +{}: {}", clock_time(std::chrono::system_clock::now()), more, counted_.to_line()));
}

bool request_desk::has_enough() const noexcept {
    return counted_.requests() >= enough_requests_ || counted_.pokes() >= enough_pokes_;
}

}  // namespace pusherd::bench
