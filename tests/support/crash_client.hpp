#pragma once

#include "tests/support/crash_history.hpp"
#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace pusherd::testing {

/// What a client sets and deletes: keys of its own, keys that all users fight for, keys that they share.
struct crash_keys {
    unsigned own = 6;
    unsigned fought_for = 6;
    unsigned appended = 3;
};

/// A user who sets and deletes over several connections in turn, one request after another, until told to stop or until
/// the server is gone.
class crash_client {
public:
    crash_client(unsigned number, std::string token, const crash_keys& keys = {});

    /// `on_answer` is called after each answer, and says whether to go on.
    void run(std::uint16_t port, crash_clock& clock, const std::function<bool()>& on_answer, unsigned connections = 1);

    [[nodiscard]] const std::string& user() const noexcept { return user_; }
    [[nodiscard]] const std::string& token() const noexcept { return token_; }

    /// What it has asked for since it was asked last.
    [[nodiscard]] std::vector<asked_set> take_sets();

    /// An answer other than 200; empty: none.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    [[nodiscard]] asked_set next();
    [[nodiscard]] std::string next_key();

    unsigned number_;
    std::string user_;
    std::string token_;
    crash_keys keys_;
    std::minstd_rand random_;
    unsigned long versions_ = 0;
    std::vector<asked_set> sets_;
    std::string problem_;
};

/// The id of the user with this number.
[[nodiscard]] std::string crash_user(unsigned number);

}  // namespace pusherd::testing
