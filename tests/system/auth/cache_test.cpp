// What is remembered of answers, and for how long: --auth-cache, --auth-stale, and one question for all who wait for
// it.

#include "tests/system/auth/asking_server.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct forgetful_server : asking_server {
    forgetful_server() : asking_server({"--auth-cache", "1", "--auth-stale", "300"}) {}
};

struct briefly_patient_server : asking_server {
    briefly_patient_server() : asking_server({"--auth-cache", "1", "--auth-stale", "2"}) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(answers_that_are_remembered)

BOOST_FIXTURE_TEST_CASE(a_yes_is_asked_for_once, asking_server) {
    homeserver.set_user("alice", "@alice:example.org", "PHONE");
    for (int i = 0; i < 20; ++i) BOOST_TEST(verdict(list("alice")) == "200");
    BOOST_TEST(as("alice").set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(homeserver.request_count() == 1U);
    homeserver.stop();
    BOOST_TEST(pushkeys_in(list("alice")) == "key ");
}

BOOST_FIXTURE_TEST_CASE(a_no_is_remembered_but_not_for_long, asking_server) {
    const auto begin = clock::now();
    for (int i = 0; i < 5; ++i) BOOST_TEST(verdict(list("alice")) == "401 M_UNKNOWN_TOKEN");
    const std::size_t asked = homeserver.request_count();
    if (clock::now() - begin < 4s) BOOST_TEST(asked == 1U);
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(comes_true([&] { return list("alice").status == 200; }));
    BOOST_TEST((clock::now() - begin < 30s));
}

BOOST_FIXTURE_TEST_CASE(a_yes_is_asked_for_again_after_its_time, forgetful_server) {
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(comes_true([&] {
        BOOST_TEST(verdict(list("alice")) == "200");
        return homeserver.request_count() >= 3;
    }));
    homeserver.forget("alice");
    BOOST_TEST(comes_true([&] { return verdict(list("alice")) == "401 M_UNKNOWN_TOKEN"; }));
}

BOOST_FIXTURE_TEST_CASE(all_who_wait_for_one_token_wait_for_one_question, asking_server) {
    homeserver.set_user("alice", "@alice:example.org");
    homeserver.set_fault({.kind = "held"});
    std::vector<http_connection> waiting;
    for (int i = 0; i < 50; ++i) waiting.push_back(listing("alice"));
    (void)homeserver.wait_for_requests(1);
    for (const http_connection& each : waiting) BOOST_TEST(!each.is_readable_within(2ms));
    homeserver.release();
    for (http_connection& each : waiting) BOOST_TEST(verdict(each.read_answer()) == "200");
    BOOST_TEST(homeserver.request_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(all_who_wait_are_told_of_a_failure_and_may_try_again, asking_server) {
    homeserver.set_whoami("alice", matrix_error(500, "M_UNKNOWN"));
    homeserver.set_fault({.kind = "held"});
    std::vector<http_connection> waiting;
    for (int i = 0; i < 20; ++i) waiting.push_back(listing("alice"));
    (void)homeserver.wait_for_requests(1);
    homeserver.release();
    for (http_connection& each : waiting) check_unavailable(each.read_answer());
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(comes_true([&] { return list("alice").status == 200; }));
}

BOOST_FIXTURE_TEST_CASE(one_token_does_not_wait_for_another, asking_server) {
    homeserver.set_user("alice", "@alice:example.org");
    homeserver.set_user("bob", "@bob:example.org");
    homeserver.set_fault({.kind = "held", .token = "alice"});
    http_connection alice = listing("alice");
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(verdict(list("bob")) == "200");
    BOOST_TEST(!alice.is_readable_within(0ms));
    homeserver.release();
    BOOST_TEST(verdict(alice.read_answer()) == "200");
}

BOOST_FIXTURE_TEST_CASE(what_a_token_says_of_one_user_is_not_said_of_another, asking_server) {
    homeserver.set_whoami("bridge", {.body = R"({"user_id":"@b:example.org"})", .is_of_application_service = true});
    const auto set_as = [&](const std::string& user) {
        return as("bridge").post(set_path + "?user_id=@" + user + ":example.org", pusher_body(app, user)).status;
    };
    for (int i = 0; i < 2; ++i)
        for (const char* user : {"one", "two", "three"}) BOOST_TEST(set_as(user) == 200);
    BOOST_TEST(pushkeys_in(as("bridge").get(list_path + "?user_id=@two:example.org")) == "two ");
    BOOST_TEST(homeserver.request_count() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers_that_outlive_a_failure)

BOOST_FIXTURE_TEST_CASE(what_was_valid_stays_valid_while_the_upstream_fails, forgetful_server) {
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(verdict(list("alice")) == "200");
    homeserver.set_fault({.kind = "http_500"});
    BOOST_TEST(comes_true([&] {
        BOOST_TEST(verdict(list("alice")) == "200");
        return homeserver.request_count() >= 4;  // three of which have failed
    }));
    BOOST_TEST(as("alice").set(pusher_body(app, "key")).status == 200);
    check_unavailable(list("nobody"));
    homeserver.release();
    homeserver.forget("alice");
    BOOST_TEST(comes_true([&] { return verdict(list("alice")) == "401 M_UNKNOWN_TOKEN"; }));
}

BOOST_FIXTURE_TEST_CASE(not_for_ever_and_nobody_is_logged_out_then_either, briefly_patient_server) {
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(verdict(list("alice")) == "200");
    homeserver.stop();
    BOOST_TEST(comes_true([&] {
        const answer got = list("alice");
        BOOST_TEST(got.status != 401);
        return got.status == 503;
    }));
    for (int i = 0; i < 10; ++i) check_unavailable(list("alice"));
    homeserver.restart();
    BOOST_TEST(comes_true([&] { return list("alice").status == 200; }));
}

// A failure takes nothing back of what the upstream has said last.
BOOST_FIXTURE_TEST_CASE(what_was_taken_back_does_not_come_back_with_a_failure, forgetful_server) {
    homeserver.set_user("locked", "@alice:example.org");
    homeserver.set_user("gone", "@bob:example.org");
    for (const char* each : {"locked", "gone"}) BOOST_TEST(verdict(list(each)) == "200");
    homeserver.set_whoami("locked", matrix_error(401, "M_USER_LOCKED", "Locked", {{"soft_logout", true}}));
    homeserver.forget("gone");
    BOOST_TEST(comes_true([&] { return verdict(list("locked")) == "401 M_USER_LOCKED"; }));
    BOOST_TEST(comes_true([&] { return verdict(list("gone")) == "401 M_UNKNOWN_TOKEN"; }));
    homeserver.stop();
    BOOST_TEST(comes_true([&] {
        BOOST_TEST(list("locked").status != 200);
        return verdict(list("gone")) == "503 M_UNKNOWN";  // the no is forgotten
    }));
    check_unavailable(list("locked"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
