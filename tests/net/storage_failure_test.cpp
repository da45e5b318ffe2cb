// A full database: 500 M_UNKNOWN to those concerned, reads go on, and writes work again when there is room.

#include "tests/net/wire.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr std::size_t small_map = 512 * 1024;

std::string large_pusher(const std::string& key) {
    std::string body = pusher_body("app", key);
    return body.insert(body.rfind("}}"), ",\"padding\":\"" + std::string(16'000, 'x') + '"');
}

// Sets until one fails. Users have so few each that only the disk can be what is full.
answer fill_up(running_server& server, const std::vector<std::string>& tokens) {
    for (const std::string& token : tokens) {
        auto user = server.client(token);
        for (int i = 0; i < 10; ++i) {
            answer got = user.set(large_pusher(token + std::to_string(i)));
            if (got.status != 200) return got;
        }
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(storage_failures)

BOOST_AUTO_TEST_CASE(a_full_database_is_500_reads_go_on_and_writes_work_again_when_there_is_room) {
    running_server server(running_server::default_settings(), small_map);
    std::vector<std::string> tokens;
    for (int i = 0; i < 20; ++i) tokens.push_back(server.token("@user" + std::to_string(i) + ":example.org"));
    auto first = server.client(tokens[0]);
    BOOST_TEST(first.set(pusher_body("app", "first")).status == 200);

    const answer failed = fill_up(server, tokens);
    BOOST_TEST(verdict(failed) == "500 M_UNKNOWN");
    BOOST_TEST(failed.error().find("MDB") == std::string::npos);  // nothing internal
    BOOST_TEST(failed.field("pusherd-outcome") == "");
    bool log_says_what_to_do = false;
    for (const auto& line : server.log().lines())
        log_says_what_to_do = log_says_what_to_do || line.message.find("--map-size") != std::string::npos;
    BOOST_TEST(log_says_what_to_do);

    const std::string before = first.get().body;
    BOOST_TEST(pushkeys_of(first.get()).starts_with("first "));
    BOOST_TEST(first.get("/health").body == "OK");
    BOOST_TEST(first.set(pusher_body("app", "first")).field("pusherd-outcome") == "unchanged");
    BOOST_TEST(first.get().body == before);

    server.db().env().change_map_size(64 * small_map);
    BOOST_TEST(fill_up(server, tokens).status == 0);
    for (const std::string& token : tokens)
        BOOST_TEST(server.client(token).get().json().at("pushers").as_array().size() >= 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
