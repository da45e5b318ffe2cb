// While a question is open: what its connection does, what others do, who goes away, and a stop.

#include "tests/system/auth/asking_server.hpp"

#include <signal.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

/// One thread, which must wait for nobody; and questions stay open as long as a test wants them to.
struct waiting_server : asking_server {
    explicit waiting_server(const std::string& drain = "600")
        : asking_server({"--threads", "1", "--auth-timeout", "600", "--drain", drain}) {
        homeserver.set_user("alice", "@alice:example.org", "PHONE");
        homeserver.set_fault({.kind = "held"});
    }

    /// The head of a set that wants to be invited to send its body.
    [[nodiscard]] http_connection head_of_set(const std::string& token) const {
        http_connection connection(server.port());
        connection.send(whole_set(token).substr(0, size_of_head(token)));
        return connection;
    }
    [[nodiscard]] static std::string body_of_set(const std::string& token) {
        return whole_set(token).substr(size_of_head(token));
    }

    /// A list that waits for the homeserver.
    [[nodiscard]] http_connection waiting_list() const {
        http_connection connection = listing("alice");
        (void)homeserver.wait_for_requests(1);
        return connection;
    }

private:
    [[nodiscard]] static std::string whole_set(const std::string& token) {
        return request("POST", set_path, token, pusher_body(app, "key"), "Expect: 100-continue\r\n");
    }
    [[nodiscard]] static std::size_t size_of_head(const std::string& token) {
        return whole_set(token).find("\r\n\r\n") + 4;
    }
};

struct briefly_draining_server : waiting_server {
    briefly_draining_server() : waiting_server("1") {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bodies_and_questions, waiting_server)

BOOST_AUTO_TEST_CASE(no_body_is_invited_before_the_token_is_known) {
    http_connection alice = head_of_set("alice");
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(!alice.is_readable_within(200ms));
    homeserver.release();
    BOOST_TEST(alice.read_answer(true).status == 100);
    alice.send(body_of_set("alice"));
    const answer got = alice.read_answer();
    BOOST_TEST(got.field("pusherd-outcome") == "created");
    BOOST_TEST(devices_in(list("alice")) == "PHONE ");
}

BOOST_AUTO_TEST_CASE(nor_of_those_who_are_not_known_or_cannot_be_asked_about) {
    http_connection nobody = head_of_set("nobody");
    (void)homeserver.wait_for_requests(1);
    homeserver.release();
    BOOST_TEST(verdict(nobody.read_answer()) == "401 M_UNKNOWN_TOKEN");
    homeserver.set_fault({.kind = "http_500"});
    http_connection alice = head_of_set("alice");
    check_unavailable(alice.read_answer());
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_unasked_waits_with_its_head) {
    http_connection alice(server.port());
    alice.send(request("POST", set_path, "alice", pusher_body(app, "key")));
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(!alice.is_readable_within(100ms));
    homeserver.release();
    BOOST_TEST(alice.read_answer().field("pusherd-outcome") == "created");
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_while_the_question_is_open_is_read_afterwards) {
    const std::string set = request("POST", set_path, "alice", pusher_body(app, "key"));
    http_connection alice(server.port());
    alice.send(set.substr(0, set.size() - 30));
    (void)homeserver.wait_for_requests(1);
    alice.send(set.substr(set.size() - 30));
    homeserver.release();
    BOOST_TEST(alice.read_answer().field("pusherd-outcome") == "created");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(connections_and_questions, waiting_server)

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_their_order) {
    const std::string local = folder.issue("@local:example.org");
    BOOST_TEST(as(local).set(pusher_body(app, "local's")).status == 200);
    http_connection connection(server.port());
    connection.send(request("GET", list_path, "alice") + request("GET", "/health") + request("GET", list_path, local) +
                    request("GET", list_path, "nobody") + request("GET", "/nowhere"));
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(!connection.is_readable_within(100ms));
    homeserver.release();
    BOOST_TEST(pushkeys_in(connection.read_answer()) == "");
    BOOST_TEST(connection.read_answer().body == "OK");
    BOOST_TEST(pushkeys_in(connection.read_answer()) == "local's ");
    BOOST_TEST(verdict(connection.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(connection.read_answer().status == 404);
}

BOOST_AUTO_TEST_CASE(what_stands_before_a_question_is_answered_before_it) {
    http_connection connection(server.port());
    connection.send(request("GET", "/health") + request("GET", list_path, "alice"));
    BOOST_TEST(connection.read_answer().body == "OK");
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(!connection.is_readable_within(100ms));
    homeserver.release();
    BOOST_TEST(verdict(connection.read_answer()) == "200");
}

BOOST_AUTO_TEST_CASE(others_on_the_same_thread_are_served_meanwhile) {
    const std::string local = folder.issue("@local:example.org");
    http_connection alice = waiting_list();
    for (int i = 0; i < 50; ++i) {
        BOOST_TEST(server.client().get("/health").status == 200);
        BOOST_TEST(as(local).set(pusher_body(app, std::to_string(i))).status == 200);
    }
    BOOST_TEST(!alice.is_readable_within(0ms));
    homeserver.release();
    BOOST_TEST(verdict(alice.read_answer()) == "200");
}

BOOST_AUTO_TEST_CASE(many_who_go_away_while_they_are_asked_about_do_no_harm) {
    {
        std::vector<http_connection> gone;
        for (int i = 0; i < 20; ++i) {
            homeserver.set_user("token" + std::to_string(i), "@alice:example.org");
            gone.push_back(listing("token" + std::to_string(i)));
            gone.push_back(head_of_set("token" + std::to_string(i)));
        }
        (void)homeserver.wait_for_requests(1);
    }
    BOOST_TEST(server.client().get("/health").status == 200);
    homeserver.release();
    for (int i = 0; i < 20; ++i) BOOST_TEST(verdict(list("token" + std::to_string(i))) == "200");
    BOOST_TEST(pushkeys_in(list("alice")) == "");
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_same_answer_still_gets_it) {
    auto first = std::make_unique<http_connection>(waiting_list());
    http_connection second = listing("alice");
    BOOST_TEST(!second.is_readable_within(50ms));
    first.reset();
    BOOST_TEST(server.client().get("/health").status == 200);
    homeserver.release();
    BOOST_TEST(verdict(second.read_answer()) == "200");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stops_and_questions)

BOOST_FIXTURE_TEST_CASE(a_question_that_is_answered_in_time_is_answered_to_the_client, waiting_server) {
    http_connection alice = waiting_list();
    server.process().signal(SIGTERM);
    (void)server.process().wait_for_line("stopping");
    homeserver.release();
    const answer got = alice.read_answer();
    BOOST_TEST(verdict(got) == "200");
    BOOST_TEST(got.field("connection") == "close");
    BOOST_TEST(server.process().wait().status == 0);
}

BOOST_FIXTURE_TEST_CASE(one_that_is_not_ends_with_the_drain, briefly_draining_server) {
    http_connection alice = waiting_list();
    http_connection set = head_of_set("alice");
    http_connection another = listing("another");
    BOOST_TEST(server.stop().status == 0);
    for (http_connection* each : {&alice, &set, &another}) BOOST_TEST(each->is_readable_within(10s));
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_FIXTURE_TEST_CASE(connections_that_are_kept_to_the_homeserver_do_not_delay_it, waiting_server) {
    homeserver.release();
    check_all_is_well();
    BOOST_TEST(server.stop().status == 0);  // long before its drain
}

BOOST_FIXTURE_TEST_CASE(a_second_signal_ends_it_though_questions_are_open, waiting_server) {
    const http_connection alice = waiting_list();
    server.process().signal(SIGTERM);
    (void)server.process().wait_for_line("stopping");
    server.process().signal(SIGTERM);
    (void)server.process().wait();  // throws if it takes long
    BOOST_TEST(alice.is_readable_within(10s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
