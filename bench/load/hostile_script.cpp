#include "bench/load/hostile_script.hpp"

#include "bench/load/bench_users.hpp"

#include <algorithm>

namespace pusherd::bench {
namespace {

// Of the shortest lists, their answers fill more than any server should hold for one connection.
constexpr std::size_t unread_lists = 256;

std::string repeated(const std::string& text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

std::string_view to_string(hostile_kind kind) noexcept {
    switch (kind) {
        case hostile_kind::slow_head: return "slow-head";
        case hostile_kind::byte_a_second: return "byte-a-second";
        case hostile_kind::slow_body: return "slow-body";
        case hostile_kind::never_read: return "never-read";
        case hostile_kind::churn: return "churn";
    }
    return {};
}

std::optional<hostile_kind> hostile_kind_named(std::string_view name) noexcept {
    const auto* const found = std::find_if(hostile_kinds.begin(), hostile_kinds.end(),
                                           [&](hostile_kind kind) { return to_string(kind) == name; });
    return found == hostile_kinds.end() ? std::nullopt : std::optional(*found);
}

std::vector<hostile_script> scripts_of(hostile_kind kind, const target& where, const std::string& token) {
    using leaving = hostile_script::leaving;
    const std::vector<std::string> tokens{token};
    request_writer writer(where, tokens, true, 0);
    std::string list;
    writer.append(list, request_kind::list, 0);
    std::string set;
    writer.append(set, request_kind::unchanged, 0);

    const std::string half_a_head = "GET " + where.prefix + "/pushers HTTP/1.1\r\nHost: " + where.authority() + "\r\n";
    const std::string head_of_set = set.substr(0, set.find("\r\n\r\n") + 4);
    switch (kind) {
        case hostile_kind::slow_head: return {{.at_once = half_a_head}};
        case hostile_kind::byte_a_second: return {{.at_once = half_a_head, .dripping = "A: b\r\n"}};
        case hostile_kind::slow_body: return {{.at_once = head_of_set}};
        case hostile_kind::never_read: return {{.at_once = repeated(list, unread_lists), .reads = false}};
        case hostile_kind::churn:
            return {{.leaves = leaving::when_connected},
                    {.leaves = leaving::when_connected, .resets = true},
                    {.at_once = list, .leaves = leaving::when_answered},
                    {.at_once = list, .leaves = leaving::when_connected, .resets = true}};
    }
    return {};
}

}  // namespace pusherd::bench
