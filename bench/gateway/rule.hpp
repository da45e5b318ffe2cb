#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::bench {

/// A rule that says nothing of use. what() is one line, and names what is wrong.
class bad_rule : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Which notifications a rule is for: those of which all of this is so. The counts are of those that come to the rule
/// and that the patterns fit.
struct rule_condition {
    std::string pushkey = "*";             ///< a pattern (glob.hpp), and with `app` of the same device; one device does
    std::string app = "*";                 ///< of an app_id
    std::string event = "*";               ///< of an event_id, which is empty where there are counts alone
    std::optional<std::uint64_t> first{};  ///< so many at first, and none behind them
    std::uint64_t every = 1;               ///< each such one
    double share = 1;                      ///< of 0 to 1, by chance
};

/// How far an answer goes.
enum class manner : std::uint8_t {
    whole,
    half,    ///< without the second half of its body; then the connection is closed
    close,   ///< the connection is closed without a word
    silent,  ///< nothing is ever said, and the connection stays
};

/// What the body of an answer of 200 is.
enum class answer_body : std::uint8_t {
    usual,     ///< `{"rejected":[…]}`
    broken,    ///< `rejected` is no array
    no_array,  ///< `{}`
    large,     ///< as usual, and many bytes behind it
};

/// What is done with such notifications.
struct rule_action {
    manner how = manner::whole;
    std::optional<unsigned> status{};                        ///< none: 200, or 307 with a `location`
    std::string retry_after{};                               ///< seconds, as they are sent; empty: none
    std::optional<std::chrono::seconds> retry_after_date{};  ///< from then on, sent as a date
    std::string location{};                                  ///< of a redirection; empty: none
    std::chrono::milliseconds shortest_delay{0};
    std::chrono::milliseconds longest_delay{0};
    answer_body body = answer_body::usual;
    std::size_t large_bytes = 0;        ///< of a body that is `large`
    bool rejects_devices = false;       ///< those that the condition's patterns fit
    std::vector<std::string> rejected;  ///< pushkeys beside them, UTF-8
};

struct rule {
    rule_condition when;
    rule_action then;
};

/// Reads a rule as it is written: `CONDITION…: ACTION…`, words with blanks between them. Conditions: `all`,
/// `pushkey=GLOB`, `app=GLOB`, `event=GLOB`, `every=N`, `first=N`, `N%`. Actions: `ok`, `status=N`, `retry-after=N`,
/// `retry-after-date=N`, `delay=TIME`, `delay=TIME..TIME`, `reject`, `reject=PUSHKEY`, `rejected-broken`,
/// `no-rejected`, `redirect=URL`, `large`, `large=KIB`, `close`, `half`, `silent`. Throws bad_rule.
[[nodiscard]] rule parse_rule(std::string_view text);

}  // namespace pusherd::bench
