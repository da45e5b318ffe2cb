#pragma once

#include "tests/support/crash_history.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::power_loss {

/// A notification that was handed over.
struct told_event {
    std::string id;
    testing::moment sent;
    testing::moment answered = testing::never;
};

/// The user whom a homeserver tells, and the pusher that waits for it.
inline constexpr std::string_view told_user = "@told:example.org";
inline constexpr std::string_view told_app = "org.example.app";
inline constexpr std::string_view told_pushkey = "told";

/// A homeserver that hands over one notification after another, all for one user.
class recorded_teller {
public:
    static constexpr std::string_view users_token = "token-of-the-told";

    void use_token(std::string token) { token_ = std::move(token); }

    /// Sets the user's pusher, then tells so often, or less if the server ends.
    void run(std::uint16_t port, testing::crash_clock& clock, unsigned times);

    [[nodiscard]] const std::vector<told_event>& told() const noexcept { return told_; }

private:
    std::string token_;
    std::vector<told_event> told_;
};

}  // namespace pusherd::power_loss
