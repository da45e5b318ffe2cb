// What goes wrong between two servers: each is a 503 to those who are not known yet, and over when it is over.

#include "tests/system/auth/asking_server.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

struct impatient_server : asking_server {
    impatient_server() : asking_server({"--auth-timeout", "1"}) {}
};

/// Whose connections to the homeserver can be counted.
struct single_threaded_server : asking_server {
    single_threaded_server() : asking_server({"--threads", "1"}) {}
};

/// Who does not run into a timeout while a test holds its questions.
struct patient_server : asking_server {
    patient_server() : asking_server({"--auth-timeout", "600"}) {}

    // Five failures in a row.
    void break_circuit() {
        homeserver.set_fault({.kind = "http_500"});
        for (int i = 0; i < 5; ++i) check_unavailable(list("broken" + std::to_string(i)));
        BOOST_TEST(homeserver.request_count() == 5U);
    }

    /// Requests with new tokens, until one of them has become a question that the homeserver holds.
    http_connection probe() {
        homeserver.set_fault({.kind = "held"});
        const std::size_t before = homeserver.request_count();
        for (int i = 0;; ++i) {
            http_connection each = listing("probe" + std::to_string(i));
            const auto is_asked = [&] { return homeserver.request_count() > before; };
            BOOST_TEST_REQUIRE(comes_true([&] { return each.is_readable_within(0ms) || is_asked(); }));
            if (is_asked()) return each;
            check_unavailable(each.read_answer());
        }
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(upstream_failures)

BOOST_FIXTURE_TEST_CASE(each_fault_is_a_503_and_over_when_it_is_over, impatient_server) {
    unsigned count = 0;
    for (const char* kind : {"http_500", "wrong", "half_an_answer", "reset", "no_answer", "slow"})
        for (const bool has_kept_connection : {true, false}) BOOST_TEST_CONTEXT(kind << ' ' << has_kept_connection) {
                const std::string token = "token" + std::to_string(++count);
                homeserver.set_user(token, "@alice:example.org");
                if (!has_kept_connection) homeserver.close_idle();
                homeserver.set_fault({.kind = kind, .delay = 60s});
                check_unavailable(list(token));
                check_unavailable(as(token).set(pusher_body(app, "key")));
                homeserver.set_fault({});
                BOOST_TEST(verdict(list(token)) == "200");
                BOOST_TEST(pushkeys_in(list(token)) == "");
            }
}

BOOST_FIXTURE_TEST_CASE(a_homeserver_that_is_gone_and_comes_back, asking_server) {
    for (int i = 0; i < 3; ++i) {
        const std::string token = "token" + std::to_string(i);
        homeserver.set_user(token, "@alice:example.org");
        homeserver.stop();
        check_unavailable(list(token));
        homeserver.restart();
        BOOST_TEST(verdict(list(token)) == "200");
    }
}

BOOST_AUTO_TEST_CASE(a_homeserver_that_is_not_there_yet) {
    const pusherd_folder folder;
    stub_upstream homeserver;
    homeserver.set_user("alice", "@alice:example.org");
    homeserver.stop();
    pusherd_server server(folder.data(), asking_homeserver(homeserver));
    check_unavailable(server.client("alice").get());
    homeserver.restart();
    BOOST_TEST(comes_true([&] { return server.client("alice").get().status == 200; }));
}

BOOST_AUTO_TEST_CASE(a_name_that_cannot_be_resolved) {
    const pusherd_folder folder;
    const std::string local = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), of_example_org({"--auth", "homeserver:http://nowhere.invalid:8008",  //
                                                         "--auth-timeout", "2"}));
    check_unavailable(server.client("alice").get());
    BOOST_TEST(verdict(server.client(local).get()) == "200");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(kept_connections)

BOOST_FIXTURE_TEST_CASE(requests_share_a_connection, single_threaded_server) {
    for (int i = 0; i < 20; ++i) check_all_is_well();
    BOOST_TEST(verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN");
    check_all_is_well();
    const auto asked = homeserver.requests();
    BOOST_REQUIRE(asked.size() == 22U);
    for (const upstream_request& each : asked) BOOST_TEST(each.connection == asked.front().connection);
}

BOOST_FIXTURE_TEST_CASE(one_that_was_closed_meanwhile_is_not_a_failure, asking_server) {
    check_all_is_well();
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(homeserver.close_idle() >= 1U);
        check_all_is_well();
    }
    homeserver.set_fault({.kind = "closes_after_answer"});
    for (int i = 0; i < 10; ++i) check_all_is_well();
}

BOOST_FIXTURE_TEST_CASE(one_that_closes_under_the_next_request_is_not_a_failure, single_threaded_server) {
    homeserver.set_fault({.kind = "closes_reused"});
    for (int i = 0; i < 10; ++i) check_all_is_well();
    BOOST_TEST(homeserver.request_count() == 19U);  // all but the first were sent twice
}

// A firewall on the way has forgotten them: the first that is late speaks for all.
BOOST_FIXTURE_TEST_CASE(several_that_died_without_a_word_cost_one_timeout, impatient_server) {
    for (const char* user : {"a", "b", "c", "d"}) homeserver.set_user(user, "@alice:example.org");
    homeserver.set_fault({.kind = "held"});
    std::vector<http_connection> asking;
    for (const char* user : {"a", "b", "c"}) asking.push_back(listing(user));
    (void)homeserver.wait_for_requests(3);
    homeserver.release();
    for (http_connection& each : asking) (void)each.read_answer();
    homeserver.set_fault({.kind = "silent_reused"});
    check_unavailable(list("d"));
    BOOST_TEST(verdict(list("d")) == "200");
}

BOOST_AUTO_TEST_CASE(an_introspection_is_sent_again_as_well) {
    const pusherd_folder folder;
    stub_upstream service({.bearer_secret = "shared"});
    write_file(folder.file("secret"), "shared");
    pusherd_server server(folder.data(),
                          of_example_org({"--threads", "1", "--auth", "introspection:" + service.introspection_url(),
                                          "--auth-secret-file", folder.file("secret").string()}));
    service.set_fault({.kind = "closes_reused"});
    for (const char* token : {"one", "two", "three"}) {
        service.set_introspection(token, active("alice", scope_of_clients));
        BOOST_TEST(verdict(server.client(token).get()) == "200");
    }
    BOOST_TEST(service.request_count() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(circuit_breaker, patient_server)

BOOST_AUTO_TEST_CASE(after_five_failures_one_asks_for_all) {
    break_circuit();
    http_connection asks = probe();
    const std::size_t asked = homeserver.request_count();
    BOOST_TEST(asked == 6U);
    for (int i = 0; i < 10; ++i) check_unavailable(list("other" + std::to_string(i)));
    BOOST_TEST(homeserver.request_count() == asked);
    BOOST_TEST(!asks.is_readable_within(0ms));
    homeserver.release();
    BOOST_TEST(verdict(asks.read_answer()) == "401 M_UNKNOWN_TOKEN");
    check_all_is_well();
}

BOOST_AUTO_TEST_CASE(while_it_is_open_the_homeserver_has_its_rest) {
    const auto begin = std::chrono::steady_clock::now();
    break_circuit();
    for (int i = 0; i < 200; ++i) check_unavailable(list("other" + std::to_string(i)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    BOOST_TEST(static_cast<double>(homeserver.request_count()) <= 5 + took.count() / 5);
}

BOOST_AUTO_TEST_CASE(those_who_are_known_do_not_notice_and_local_tokens_neither) {
    const std::string local = folder.issue("@local:example.org");
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(verdict(list("alice")) == "200");
    homeserver.forget_requests();
    break_circuit();
    BOOST_TEST(verdict(list("alice")) == "200");
    BOOST_TEST(verdict(list(local)) == "200");
}

BOOST_AUTO_TEST_CASE(a_probe_that_fails_does_not_close_it) {
    break_circuit();
    http_connection asks = probe();
    homeserver.stop();
    check_unavailable(asks.read_answer());
    homeserver.restart();
    homeserver.set_fault({.kind = "http_500"});
    check_unavailable(list("other"));
    homeserver.release();
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(comes_true([&] {
        const answer got = list("alice");
        BOOST_TEST((got.status == 200 || got.status == 503));
        return got.status == 200;
    }));
}

// A no is an answer, and so is what is the client's to see.
BOOST_AUTO_TEST_CASE(answers_that_nobody_likes_are_no_failures) {
    homeserver.set_whoami("locked", matrix_error(401, "M_USER_LOCKED"));
    homeserver.set_whoami("forbidden", matrix_error(403, "M_FORBIDDEN"));
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(verdict(list("nobody" + std::to_string(i))) == "401 M_UNKNOWN_TOKEN");
        BOOST_TEST(verdict(list("locked")) == "401 M_USER_LOCKED");
        BOOST_TEST(verdict(list("forbidden")) == "403 M_FORBIDDEN");
    }
    check_all_is_well();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
