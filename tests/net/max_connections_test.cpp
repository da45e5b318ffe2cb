// --max-connections: the connection that has waited longest for a head makes room; 503 only when none waits.

#include "tests/net/wire.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

net::server_settings at_most(std::size_t connections) {
    auto settings = running_server::default_settings();
    settings.max_connections = connections;
    return settings;
}

using connections = std::vector<std::unique_ptr<http_connection>>;

// A connection that the server has read a request from, and that waits for the next one.
void add_waiting(connections& to, const running_server& server) {
    to.push_back(std::make_unique<http_connection>(server.port()));
    to.back()->send(request("GET", "/health"));
    BOOST_TEST(to.back()->read_answer().status == 200);
    wait_until_at_rest();
}

bool is_alive(http_connection& connection) {
    connection.send(request("GET", "/health"));
    const bool answered = connection.read_answer().status == 200;
    wait_until_at_rest();
    return answered;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(max_connections)

// Connections go round the threads, so these live on different ones.
BOOST_AUTO_TEST_CASE(the_connection_that_has_waited_longest_is_closed_for_the_new_one) {
    running_server server(at_most(2));
    connections all;
    add_waiting(all, server);
    add_waiting(all, server);
    for (std::size_t i = 0; i < 20; ++i) {
        add_waiting(all, server);
        BOOST_TEST(closes(*all[i]));
        BOOST_TEST(server.server().connections() == 2U);
        BOOST_TEST(!all[i + 1]->is_readable_within(std::chrono::milliseconds(0)));
    }
}

BOOST_AUTO_TEST_CASE(who_has_just_made_a_request_has_not_waited_longest) {
    running_server server(at_most(3));
    connections all;
    for (int i = 0; i < 3; ++i) add_waiting(all, server);
    BOOST_TEST(is_alive(*all[0]));
    add_waiting(all, server);
    BOOST_TEST(closes(*all[1]));
    BOOST_TEST(is_alive(*all[0]));
    BOOST_TEST(is_alive(*all[2]));
    BOOST_TEST(is_alive(*all[3]));
}

BOOST_AUTO_TEST_CASE(a_connection_with_half_a_head_waits_as_well) {
    running_server server(at_most(2));
    connections all;
    add_waiting(all, server);
    all[0]->send("GET /hea");
    wait_until_at_rest();
    add_waiting(all, server);
    add_waiting(all, server);
    BOOST_TEST(closes(*all[0]));
    BOOST_TEST(is_alive(*all[1]));
    BOOST_TEST(is_alive(*all[2]));
}

BOOST_AUTO_TEST_CASE(only_when_none_waits_the_new_one_is_503) {
    running_server server(at_most(2));
    const std::string alice = server.token("@alice:example.org");
    const std::string body = pusher_body("app", "key");
    http_connection first(server.port());
    http_connection second(server.port());
    begin_set(first, alice, body.size());
    begin_set(second, alice, body.size());
    for (int i = 0; i < 5; ++i) {
        http_connection third(server.port());
        const answer got = third.read_answer();
        BOOST_TEST(got.status == 503);
        BOOST_TEST(got.errcode().starts_with("M_"));
        BOOST_TEST(got.field("connection") == "close");
        BOOST_TEST(closes(third));
    }
    first.send(body);
    BOOST_TEST(first.read_answer().status == 200);
    second.send(body);
    BOOST_TEST(second.read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(a_crowd_that_comes_at_once_leaves_no_more_than_are_allowed) {
    running_server server(at_most(4));
    for (int round = 0; round < 10; ++round) {
        connections crowd;
        for (int i = 0; i < 200; ++i) crowd.push_back(std::make_unique<http_connection>(server.port()));
        // One that was closed for another is counted until its thread has had its turn.
        const auto has_at_most_4 = [&] { return server.server().connections() <= 4; };
        wait_until_at_rest();
        BOOST_TEST(eventually(has_at_most_4));
        add_waiting(crowd, server);
        BOOST_TEST(eventually(has_at_most_4));
        crowd.clear();
        BOOST_TEST(eventually([&] { return server.server().is_idle(); }));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
