#include "bench/gateway/rule_book.hpp"

#include "domain/glob.hpp"
#include "domain/json_text.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pusherd::bench {
namespace {

constexpr unsigned status_of_redirection = 307;  // the one that asks for the same again: with its body, by POST

bool fits(const rule_condition& when, const received_device& device) noexcept {
    return domain::matches_glob(when.pushkey, device.pushkey) && domain::matches_glob(when.app, device.app_id);
}

bool fits(const rule_condition& when, const received_notification& what) noexcept {
    return domain::matches_glob(when.event, what.event_id) &&
           std::any_of(what.devices.begin(), what.devices.end(), [&](const auto& each) { return fits(when, each); });
}

std::vector<std::string_view> rejected_by(const rule& said, const received_notification& what) {
    std::vector<std::string_view> keys;
    if (said.then.rejects_devices)
        for (const received_device& each : what.devices)
            if (fits(said.when, each)) keys.push_back(each.pushkey);
    keys.insert(keys.end(), said.then.rejected.begin(), said.then.rejected.end());
    return keys;
}

std::string usual_body(const std::vector<std::string_view>& rejected) {
    std::string body = "{\"rejected\":[";
    for (const std::string_view each : rejected) {
        if (body.back() != '[') body += ',';
        domain::append_json(body, each);
    }
    return body += "]}";
}

std::string body_of(const rule_action& then, const std::vector<std::string_view>& rejected) {
    switch (then.body) {
        case answer_body::usual: break;
        case answer_body::broken: return R"({"rejected":"all of them"})";
        case answer_body::no_array: return "{}";
        case answer_body::large: {
            std::string body = usual_body(rejected);
            body.back() = ',';
            return body.append("\"padding\":\"").append(then.large_bytes, 'x').append("\"}");
        }
    }
    return usual_body(rejected);
}

// By strftime(), which asks the locale: this program has none but the first one, "C", as the form of dates wants it.
std::string http_date(std::time_t time) {
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 64> text;
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

std::string retry_after_of(const rule_action& then, std::time_t now) {
    if (then.retry_after_date) return http_date(now + static_cast<std::time_t>(then.retry_after_date->count()));
    return then.retry_after;
}

std::string note_of(const rule_action& then, const std::vector<std::string_view>& rejected, std::string_view retry) {
    std::string note;
    const auto add = [&note](std::string_view what) { note.append(note.empty() ? "" : ", ").append(what); };
    if (!rejected.empty()) add("rejected");
    for (const std::string_view each : rejected) note += ' ' + domain::escape_control_characters(each);
    if (then.body == answer_body::broken) add("rejected-broken");
    if (then.body == answer_body::no_array) add("no-rejected");
    if (then.body == answer_body::large) add(std::to_string(then.large_bytes / 1024) + " KiB");
    if (!then.location.empty()) add("to " + then.location);
    if (!retry.empty()) add("retry-after " + std::string(retry));
    return note;
}

unsigned status_of(const rule_action& then) noexcept {
    return then.status.value_or(then.location.empty() ? 200 : status_of_redirection);
}

}  // namespace

rule_book::rule_book(std::vector<rule> rules, std::uint64_t seed) : chance_(seed) {
    for (rule& each : rules) rules_.push_back({.said = std::move(each)});
}

bool rule_book::is_for(counted_rule& each, const received_notification& what) {
    const rule_condition& when = each.said.when;
    if (!fits(when, what)) return false;
    ++each.came;
    if (each.came > when.first.value_or(each.came) || each.came % when.every != 0) return false;
    return when.share >= 1 || std::uniform_real_distribution<double>()(chance_) < when.share;
}

std::chrono::milliseconds rule_book::pick_delay(const rule_action& then) {
    if (then.shortest_delay == then.longest_delay) return then.shortest_delay;
    std::uniform_int_distribution<std::int64_t> between(then.shortest_delay.count(), then.longest_delay.count());
    return std::chrono::milliseconds(between(chance_));
}

verdict rule_book::carry_out(const rule& said, const received_notification& what, std::time_t now) {
    const rule_action& then = said.then;
    const unsigned status = status_of(then);
    verdict out;
    if (status / 100 != 2) out = error_verdict(status, "M_UNKNOWN", "A rule has it so");
    const std::vector<std::string_view> rejected = rejected_by(said, what);
    const std::string retry = retry_after_of(then, now);
    out.how = then.how;
    out.status = status;
    out.delay = pick_delay(then);
    if (status / 100 == 2) out.body = body_of(then, rejected);
    if (!then.location.empty()) out.fields += "Location: " + then.location + "\r\n";
    if (!retry.empty()) out.fields += "Retry-After: " + retry + "\r\n";
    out.note = note_of(then, rejected, retry);
    return out;
}

verdict rule_book::decide(const received_notification& what, std::time_t now) {
    for (counted_rule& each : rules_)
        if (is_for(each, what)) return carry_out(each.said, what, now);
    return {};
}

}  // namespace pusherd::bench
