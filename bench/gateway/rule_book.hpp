#pragma once

#include "bench/gateway/received_notification.hpp"
#include "bench/gateway/rule.hpp"
#include "bench/gateway/verdict.hpp"

#include <cstdint>
#include <ctime>
#include <random>
#include <vector>

namespace pusherd::bench {

/// Decides what notifications are answered with, by rules. The same notifications in the same order are answered the
/// same again, but for dates. One thread.
class rule_book {
public:
    /// @param rules the first one that is for a notification counts; where none is, the answer is `{"rejected":[]}`
    /// @param seed of what is left to chance: shares, and delays between two bounds
    rule_book(std::vector<rule> rules, std::uint64_t seed);

    /// @param now seconds since 1970
    [[nodiscard]] verdict decide(const received_notification& what, std::time_t now);

private:
    struct counted_rule {
        rule said;
        std::uint64_t came = 0;  ///< notifications that its patterns fit
    };

    [[nodiscard]] bool is_for(counted_rule& each, const received_notification& what);
    [[nodiscard]] std::chrono::milliseconds pick_delay(const rule_action& then);
    [[nodiscard]] verdict carry_out(const rule& said, const received_notification& what, std::time_t now);

    std::vector<counted_rule> rules_;
    std::mt19937_64 chance_;
};

}  // namespace pusherd::bench
