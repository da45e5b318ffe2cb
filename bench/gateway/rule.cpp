#include "bench/gateway/rule.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace pusherd::bench {
namespace {

using std::string_view;

constexpr std::uint64_t most = 1'000'000'000'000;
constexpr std::uint64_t most_kib = 16 * 1024;
constexpr std::size_t usual_large_kib = 256;
constexpr std::chrono::hours longest_delay{24};

[[noreturn]] void refuse(string_view word, string_view why) {
    throw bad_rule("'" + domain::escape_control_characters(word) + "': " + std::string(why));
}

/// A word of a rule: `name`, or `name=value`.
struct word {
    string_view whole;
    string_view name;
    std::optional<string_view> value;
};

word take_apart(string_view whole) {
    const std::size_t equals = whole.find('=');
    if (equals == string_view::npos) return {whole, whole, std::nullopt};
    return {whole, whole.substr(0, equals), whole.substr(equals + 1)};
}

string_view value_of(const word& said) {
    if (!said.value || said.value->empty()) refuse(said.whole, "expected " + std::string(said.name) + "=…");
    return *said.value;
}

void expect_no_value(const word& said) {
    if (said.value) refuse(said.whole, std::string(said.name) + " takes no value");
}

std::uint64_t number_of(const word& said, std::uint64_t lowest, std::uint64_t highest) {
    const string_view text = value_of(said);
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < lowest || number > highest)
        refuse(said.whole, "expected a number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    return number;
}

// Digits with a point among them, and no more of what from_chars() reads, such as `inf`. What is left stays in `text`.
std::optional<double> take_decimal(string_view& text) {
    if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    double number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (read.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

std::chrono::milliseconds time_of(const word& said, string_view text) {
    using milliseconds = std::chrono::duration<double, std::milli>;
    static const std::map<string_view, double> units{{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}};
    const auto number = take_decimal(text);
    const auto unit = units.find(text);
    if (!number || unit == units.end()) refuse(said.whole, "expected a time, such as 250ms, 1.5s or 2m");
    const milliseconds time(*number * unit->second);
    if (time > longest_delay) refuse(said.whole, "a delay is a day at most");
    return std::chrono::round<std::chrono::milliseconds>(time);
}

void read_delay(const word& said, rule_action& into) {
    const string_view text = value_of(said);
    const std::size_t dots = text.find("..");
    into.shortest_delay = time_of(said, text.substr(0, dots));
    into.longest_delay = dots == string_view::npos ? into.shortest_delay : time_of(said, text.substr(dots + 2));
    if (into.longest_delay < into.shortest_delay) refuse(said.whole, "the longest delay stands behind the dots");
}

// --- conditions ------------------------------------------------------------------------------------------------------

double share_of(string_view text) {
    string_view left = text;
    const auto percent = take_decimal(left);
    if (!percent || left != "%" || *percent <= 0 || *percent > 100)
        refuse(text, "expected a share, more than 0% and up to 100%");
    return *percent / 100;
}

using condition_reader = std::function<void(const word&, rule_condition&)>;

const std::map<string_view, condition_reader>& condition_readers() {
    static const std::map<string_view, condition_reader> all{
        {"all", [](const word& said, rule_condition&) { expect_no_value(said); }},
        {"pushkey", [](const word& said, rule_condition& into) { into.pushkey = value_of(said); }},
        {"app", [](const word& said, rule_condition& into) { into.app = value_of(said); }},
        {"event", [](const word& said, rule_condition& into) { into.event = value_of(said); }},
        {"first", [](const word& said, rule_condition& into) { into.first = number_of(said, 1, most); }},
        {"every", [](const word& said, rule_condition& into) { into.every = number_of(said, 1, most); }}};
    return all;
}

void read_condition(string_view text, rule_condition& into) {
    if (text.ends_with('%') && text.find('=') == string_view::npos) {
        into.share = share_of(text);
        return;
    }
    const word said = take_apart(text);
    const auto reader = condition_readers().find(said.name);
    if (reader == condition_readers().end())
        refuse(text, "no condition; there are all, pushkey=, app=, event=, every=, first= and such as 10%");
    reader->second(said, into);
}

// --- actions ---------------------------------------------------------------------------------------------------------

void set_manner(const word& said, rule_action& into, manner how) {
    expect_no_value(said);
    if (into.how != manner::whole) refuse(said.whole, "only one of close, half and silent can be done");
    into.how = how;
}

void set_body(const word& said, rule_action& into, answer_body body) {
    if (into.body != answer_body::usual)
        refuse(said.whole, "an answer has one body: rejected-broken, no-rejected or large");
    into.body = body;
}

void read_reject(const word& said, rule_action& into) {
    if (!said.value) {
        into.rejects_devices = true;
        return;
    }
    if (!domain::is_utf8(value_of(said))) refuse(said.whole, "a pushkey is UTF-8");
    into.rejected.emplace_back(*said.value);
}

void read_redirect(const word& said, rule_action& into) {
    into.location = value_of(said);
    if (!domain::is_utf8(into.location) || domain::has_control_character(into.location))
        refuse(said.whole, "a URL has no such characters");
}

void read_large(const word& said, rule_action& into) {
    set_body(said, into, answer_body::large);
    const std::size_t kib = said.value ? static_cast<std::size_t>(number_of(said, 1, most_kib)) : usual_large_kib;
    into.large_bytes = kib * 1024;
}

using action_reader = std::function<void(const word&, rule_action&)>;

const std::map<string_view, action_reader>& action_readers() {
    static const auto with_manner = [](manner how) -> action_reader {
        return [how](const word& said, rule_action& into) { set_manner(said, into, how); };
    };
    static const auto with_body = [](answer_body body) -> action_reader {
        return [body](const word& said, rule_action& into) {
            expect_no_value(said);
            set_body(said, into, body);
        };
    };
    static const std::map<string_view, action_reader> all{
        {"ok", [](const word& said, rule_action&) { expect_no_value(said); }},
        {"status",
         [](const word& said, rule_action& into) { into.status = static_cast<unsigned>(number_of(said, 200, 599)); }},
        {"retry-after",
         [](const word& said, rule_action& into) { into.retry_after = std::to_string(number_of(said, 0, most)); }},
        {"retry-after-date",
         [](const word& said, rule_action& into) {
             into.retry_after_date = std::chrono::seconds(number_of(said, 0, 1'000'000'000));
         }},
        {"delay", read_delay},
        {"reject", read_reject},
        {"rejected-broken", with_body(answer_body::broken)},
        {"no-rejected", with_body(answer_body::no_array)},
        {"redirect", read_redirect},
        {"large", read_large},
        {"close", with_manner(manner::close)},
        {"half", with_manner(manner::half)},
        {"silent", with_manner(manner::silent)}};
    return all;
}

void read_action(string_view text, rule_action& into) {
    const word said = take_apart(text);
    const auto reader = action_readers().find(said.name);
    if (reader == action_readers().end()) {
        std::string names;
        for (const auto& [name, ignored] : action_readers()) names.append(names.empty() ? "" : ", ").append(name);
        refuse(text, "no action; there are " + names);
    }
    reader->second(said, into);
}

// What each word of is fine, and that would not do what was meant together.
void check(const rule_action& then) {
    const bool says_something = then.status || !then.location.empty() || then.body != answer_body::usual ||
                                then.rejects_devices || !then.rejected.empty() || !then.retry_after.empty() ||
                                then.retry_after_date;
    if ((then.how == manner::close || then.how == manner::silent) && says_something)
        throw bad_rule("who closes, or is silent, says nothing else");
    if (then.how == manner::silent && then.longest_delay.count() != 0)
        throw bad_rule("there is nothing to delay: silent is for ever");
    if (!then.retry_after.empty() && then.retry_after_date)
        throw bad_rule("retry-after and retry-after-date do not go together");
    if (!then.location.empty() && then.status.value_or(307) / 100 != 3)
        throw bad_rule("redirect goes with a status of 300 to 399");
    const bool rejects = then.rejects_devices || !then.rejected.empty();
    if (rejects && (then.body == answer_body::broken || then.body == answer_body::no_array))
        throw bad_rule("reject needs an array: it goes neither with rejected-broken nor with no-rejected");
    const bool is_for_200 = rejects || then.body != answer_body::usual;
    if (is_for_200 && (then.status.value_or(200) / 100 != 2 || !then.location.empty()))
        throw bad_rule("what is rejected is said with a status of 200 to 299");
}

std::vector<string_view> words_of(string_view text) {
    std::vector<string_view> words;
    while (true) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == string_view::npos) return words;
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

}  // namespace

rule parse_rule(string_view text) {
    rule out;
    bool has_condition = false;
    bool has_action = false;
    bool is_behind_colon = false;
    for (string_view each : words_of(text)) {
        if (is_behind_colon) {
            read_action(each, out.then);
            has_action = true;
            continue;
        }
        is_behind_colon = each.ends_with(':');
        if (is_behind_colon) each.remove_suffix(1);
        if (each.empty()) continue;
        read_condition(each, out.when);
        has_condition = true;
    }
    if (!is_behind_colon) throw bad_rule("expected conditions, a colon, and actions, such as 'all: status=503'");
    if (!has_condition) throw bad_rule("which notifications is it for? 'all: …' is for all");
    if (!has_action) throw bad_rule("what is to be done? 'all: ok' answers as usual");
    check(out.then);
    return out;
}

}  // namespace pusherd::bench
