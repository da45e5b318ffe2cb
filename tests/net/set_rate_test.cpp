// --set-rate and --set-burst: sets of a user, over all threads together.

#include "tests/net/wire.hpp"

#include <cmath>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string alice = "@alice:example.org";

// As good as no rate: what a test takes does not come back while it runs.
net::server_settings burst_of_50(double rate = 0.001) {
    auto settings = running_server::default_settings();
    settings.api.set_rate = rate;
    settings.api.set_burst = 50;
    return settings;
}

void check_limited(const answer& got) {
    BOOST_TEST(verdict(got) == "429 M_LIMIT_EXCEEDED");
    const double milliseconds = got.json().at("retry_after_ms").to_number<double>();
    BOOST_TEST(milliseconds > 0);
    BOOST_TEST(got.field("retry-after") == std::to_string(std::lround(std::ceil(milliseconds / 1000))));
    BOOST_TEST(got.field("access-control-expose-headers") == "Pusherd-Outcome, Retry-After");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(set_rate)

BOOST_AUTO_TEST_CASE(the_defaults_are_ten_a_second_and_a_burst_of_50) {
    const net::api_settings defaults;
    BOOST_TEST(defaults.set_rate == 10);
    BOOST_TEST(defaults.set_burst == 50);
}

BOOST_AUTO_TEST_CASE(fifty_sets_pass_and_the_next_is_429_over_all_threads_together) {
    running_server server(burst_of_50());
    const std::string first = server.token(alice);
    const std::string second = server.token(alice, "DEVICE");
    std::vector<http_client> clients;  // connections go round the threads
    for (int i = 0; i < 8; ++i) clients.emplace_back(server.port(), i % 2 == 0 ? first : second);
    for (std::size_t i = 0; i < 50; ++i)
        BOOST_TEST(clients[i % 8].set(pusher_body("app", "key" + std::to_string(i))).status == 200);
    for (http_client& each : clients) check_limited(each.set(pusher_body("app", "one more")));
    BOOST_TEST(server.client_of("@bob:example.org").set(pusher_body("app", "key")).status == 200);
}

BOOST_AUTO_TEST_CASE(refused_and_unchanged_sets_count) {
    running_server server(burst_of_50());
    auto user = server.client_of(alice);
    for (int i = 0; i < 25; ++i) {
        BOOST_TEST(user.set(pusher_body("app", "key")).status == 200);
        BOOST_TEST(user.set("{}").status == 400);
    }
    check_limited(user.set(pusher_body("app", "key")));
    check_limited(user.set(removal_body("app", "key")));
}

BOOST_AUTO_TEST_CASE(what_is_refused_before_the_rate_does_not_count) {
    running_server server(burst_of_50());
    const std::string token = server.token(alice);
    auto user = server.client(token);
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(user.send("PUT", set_path).status == 405);
        BOOST_TEST(ask(server, request("POST", set_path, token, {}, "Authorization: x\r\n")).status == 401);
    }
    for (int i = 0; i < 50; ++i) BOOST_TEST(user.set(pusher_body("app", "key")).status == 200);
}

BOOST_AUTO_TEST_CASE(lists_are_not_limited) {
    running_server server(burst_of_50());
    auto user = server.client_of(alice);
    for (int i = 0; i < 51; ++i) static_cast<void>(user.set("{}"));
    check_limited(user.set("{}"));
    for (int i = 0; i < 200; ++i) BOOST_TEST(user.get().status == 200);
}

BOOST_AUTO_TEST_CASE(a_429_with_its_body_unread_closes_and_one_without_does_not) {
    running_server server(burst_of_50());
    const std::string token = server.token(alice);
    auto user = server.client(token);
    for (int i = 0; i < 50; ++i) static_cast<void>(user.set("{}"));
    BOOST_TEST(ask(server, request("POST", set_path, token, "{}")).field("connection") == "close");
    BOOST_TEST(ask(server, request("POST", set_path, token)).field("connection") == "");
}

BOOST_AUTO_TEST_CASE(who_waits_as_told_is_let_pass) {
    running_server server(burst_of_50(20));
    auto user = server.client_of(alice);
    answer got;
    for (int i = 0; i < 1000 && (got = user.set("{}")).status == 400; ++i) {
    }
    check_limited(got);
    const auto wait = std::chrono::milliseconds(got.json().at("retry_after_ms").to_number<int>());
    std::this_thread::sleep_for(wait);
    BOOST_TEST(user.set("{}").status == 400);
}

BOOST_AUTO_TEST_CASE(rate_0_turns_it_off) {
    running_server server(burst_of_50(0));
    auto user = server.client_of(alice);
    for (int i = 0; i < 300; ++i) BOOST_TEST(user.set("{}").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
