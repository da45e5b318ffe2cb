#include "tests/power_loss/recorded_teller.hpp"

#include "tests/support/http_client.hpp"

#include <exception>

namespace pusherd::power_loss {
namespace {

std::string body_of(const told_event& what) {
    return R"({"user_id":")" + std::string(told_user) + R"(","notification":{"event_id":")" + what.id +
           R"(","content":{"body":")" + std::string(1 + what.id.size() * 700 % 3000, 'x') + "\"}}}";
}

}  // namespace

void recorded_teller::run(std::uint16_t port, testing::crash_clock& clock, unsigned times) {
    testing::http_client user(port, std::string(users_token));
    testing::http_client homeserver(port, token_);
    try {
        if (user.set(testing::pusher_body(told_app, told_pushkey)).status != 200) return;
        for (unsigned i = 0; i < times; ++i) {
            told_event& next = told_.emplace_back();
            next.id = '$' + std::to_string(told_.size());
            next.sent = clock.now();
            if (homeserver.post("/_pusherd/v1/notify", body_of(next)).body != R"({"queued":1})") return;
            next.answered = clock.now();
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the server is gone
    }
}

}  // namespace pusherd::power_loss
