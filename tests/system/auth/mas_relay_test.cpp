// MAS's calls, passed on to the homeserver behind (--mas-upstream): after they are done here, and whatever goes wrong
// there.

#include "tests/system/auth/mas_server.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

struct impatient_mas_server : mas_server {
    impatient_mas_server() : mas_server({"--auth-timeout", "1"}, true) {}
};

/// Whose connections to the homeserver can be counted.
struct single_threaded_mas_server : mas_server {
    single_threaded_mas_server() : mas_server({"--threads", "1", "--auth-timeout", "600"}, true) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mas_calls_relayed, relaying_mas_server)

BOOST_AUTO_TEST_CASE(the_homeserver_gets_them_to_the_letter_and_answers) {
    const std::string spelt_otherwise = "{ \"devices\" : [\"WEB\"],\n\"localpart\":\"\\u0061lice\", \"more\": 1e400 }";
    BOOST_TEST(call(delete_device_path, deleted_phone).status == 204);
    const answer synced = call(sync_devices_path, spelt_otherwise);
    BOOST_TEST(synced.status == 200);
    BOOST_TEST(synced.body == "{}");
    BOOST_TEST(synced.field("content-type") == "application/json");
    BOOST_TEST(call(delete_user_path, deleted_alice).status == 200);
    const auto seen = homeserver.requests();
    BOOST_TEST_REQUIRE(seen.size() == 3U);
    BOOST_TEST(seen[0].target == delete_device_path);
    BOOST_TEST(seen[0].body == deleted_phone);
    BOOST_TEST(seen[1].target == sync_devices_path);
    BOOST_TEST(seen[1].body == spelt_otherwise);
    BOOST_TEST(seen[2].target == delete_user_path);
    BOOST_TEST(seen[2].body == deleted_alice);
    for (const upstream_request& each : seen) {
        BOOST_TEST(each.method == "POST");
        BOOST_TEST(each.field("authorization") == "Bearer " + mas_secret);
        BOOST_TEST(each.field("content-type") == "application/json");
    }
    BOOST_TEST(refused() == "phone phone_too web nowhere ");
}

BOOST_AUTO_TEST_CASE(whom_nobody_knows_here_the_homeserver_may_know) {
    BOOST_TEST(call(delete_user_path, R"({"localpart":"nobody"})").status == 200);
    BOOST_TEST(homeserver.request_count() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_refused_here_is_not_passed_on) {
    BOOST_TEST(call(delete_device_path, "{}").status == 400);
    BOOST_TEST(as("another").post(delete_device_path, deleted_phone).status == 403);
    BOOST_TEST(as("").post(delete_device_path, deleted_phone).status == 401);
    BOOST_TEST(homeserver.request_count() == 0U);
}

BOOST_AUTO_TEST_CASE(it_is_done_here_before_the_homeserver_is_told) {
    homeserver.set_fault({.kind = "held"});
    http_connection mas = calling(delete_device_path, deleted_phone);
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(refused() == "phone phone_too ");
    BOOST_TEST(left() == "tablet web nowhere alice@example.org ");
    BOOST_TEST(!mas.is_readable_within(0ms));
    homeserver.release();
    BOOST_TEST(mas.read_answer().status == 204);
}

BOOST_AUTO_TEST_CASE(requests_behind_it_wait_for_their_turn) {
    homeserver.set_fault({.kind = "held"});
    http_connection mas(server->port());
    mas.send(request("GET", "/health") + request("POST", sync_devices_path, mas_secret, web_alone) +
             request("GET", list_path, web) + request("POST", delete_device_path, mas_secret, deleted_phone));
    BOOST_TEST(mas.read_answer().body == "OK");
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(!mas.is_readable_within(0ms));
    homeserver.release();
    BOOST_TEST(mas.read_answer().body == "{}");
    BOOST_TEST(pushkeys_in(mas.read_answer()) == "web nowhere alice@example.org ");
    BOOST_TEST(mas.read_answer().status == 204);
}

BOOST_AUTO_TEST_CASE(who_asks_for_the_end_of_the_connection_is_answered_first) {
    http_connection mas = calling(delete_user_path, deleted_alice, "Connection: close\r\n");
    const answer done = mas.read_answer();
    BOOST_TEST(done.status == 200);
    BOOST_TEST(done.field("connection") == "close");
    BOOST_TEST(mas.is_closed_within(10s));
    BOOST_TEST(homeserver.request_count() == 1U);
}

BOOST_AUTO_TEST_CASE(many_at_once_are_all_passed_on) {
    std::vector<http_connection> all;
    for (int i = 0; i < 40; ++i)
        all.push_back(calling(delete_user_path, R"({"localpart":"user)" + std::to_string(i) + "\"}"));
    for (http_connection& each : all) BOOST_TEST(each.read_answer().status == 200);
    BOOST_TEST(homeserver.request_count() == 40U);
}

BOOST_AUTO_TEST_CASE(who_goes_away_meanwhile_does_no_harm) {
    homeserver.set_fault({.kind = "held"});
    {
        const http_connection mas = calling(delete_device_path, deleted_phone);
        (void)homeserver.wait_for_requests(1);
    }
    homeserver.release();
    BOOST_TEST(call(sync_devices_path, web_alone).status == 200);
    BOOST_TEST(refused() == "phone phone_too ");
}

// An answer in front of the call's cannot be sent, for the client has gone: the homeserver is told all the same.
BOOST_AUTO_TEST_CASE(who_goes_away_before_the_call_is_made_does_no_harm) {
    std::vector<std::string> tokens;
    for (int i = 0; i < 30; ++i) {
        const std::string user = "user" + std::to_string(i);
        tokens.push_back(folder.issue('@' + user + ":example.org", "PHONE"));
        http_connection mas(server->port());
        mas.reset_at_end();
        mas.send(request("GET", "/health") +
                 request("POST", delete_user_path, mas_secret, R"({"localpart":")" + user + "\"}"));
    }
    // A reset may come before the call is read: then it is not made at all.
    (void)server->client().get("/health");
    const auto done = [&] {
        return static_cast<std::size_t>(std::count_if(tokens.begin(), tokens.end(), [&](const std::string& token) {
            return verdict(list(token)) == "401 M_UNKNOWN_TOKEN";
        }));
    };
    BOOST_TEST(comes_true([&] { return homeserver.request_count() == done(); }));
    BOOST_TEST(done() > 0U);
}

BOOST_AUTO_TEST_CASE(a_stop_waits_for_the_homeserver) {
    homeserver.set_fault({.kind = "held"});
    http_connection mas = calling(delete_device_path, deleted_phone);
    (void)homeserver.wait_for_requests(1);
    server->process().signal(SIGTERM);
    (void)server->process().wait_for_line("stopping; ");
    homeserver.release();
    const answer done = mas.read_answer();
    BOOST_TEST(done.status == 204);
    BOOST_TEST(done.field("connection") == "close");
    BOOST_TEST(server->process().wait().status == 0);
}

// What MAS was not told is done makes it call again.
BOOST_AUTO_TEST_CASE(a_crash_in_between_is_harmless) {
    homeserver.set_fault({.kind = "held"});
    for (const auto& [path, body] :
         {std::pair(delete_device_path, deleted_phone), std::pair(sync_devices_path, web_alone),
          std::pair(delete_user_path, deleted_alice)}) {
        homeserver.forget_requests();
        http_connection mas = calling(path, body);
        (void)homeserver.wait_for_requests(1);
        kill_and_start_again();
        BOOST_TEST(mas.is_closed_within(10s));
        homeserver.set_fault({});
        BOOST_TEST(call(path, body).status / 100 == 2);
        BOOST_TEST(homeserver.request_count() == 2U);
        homeserver.set_fault({.kind = "held"});
    }
    BOOST_TEST(refused() == "phone phone_too web nowhere ");
    BOOST_TEST(left() == "");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mas_calls_and_a_homeserver_that_fails)

BOOST_FIXTURE_TEST_CASE(each_fault_is_a_503_and_over_when_mas_calls_again, impatient_mas_server) {
    unsigned count = 0;
    for (const char* kind : {"http_500", "wrong", "half_an_answer", "reset", "no_answer", "slow"})
        for (const bool has_kept_connection : {true, false}) BOOST_TEST_CONTEXT(kind << ' ' << has_kept_connection) {
                const std::string user = "user" + std::to_string(++count);
                const std::string token = folder.issue('@' + user + ":example.org", "PHONE");
                const std::string body = R"({"localpart":")" + user + R"(","devices":[]})";
                if (!has_kept_connection) homeserver.close_idle();
                homeserver.set_fault({.kind = kind, .delay = 60s});
                check_unavailable(call(sync_devices_path, body));
                BOOST_TEST(verdict(list(token)) == "401 M_UNKNOWN_TOKEN");
                homeserver.set_fault({});
                BOOST_TEST(call(sync_devices_path, body).status == 200);
            }
}

BOOST_FIXTURE_TEST_CASE(one_that_is_gone_and_comes_back, relaying_mas_server) {
    homeserver.stop();
    check_unavailable(call(delete_device_path, deleted_phone));
    BOOST_TEST(refused() == "phone phone_too ");
    homeserver.restart();
    BOOST_TEST(call(delete_device_path, deleted_phone).status == 204);
    BOOST_TEST(homeserver.request_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(one_that_stays_away_is_left_alone_for_a_while, relaying_mas_server) {
    homeserver.set_fault({.kind = "http_500"});
    for (int i = 0; i < 5; ++i) check_unavailable(call(delete_device_path, deleted_phone));
    BOOST_TEST(homeserver.request_count() == 5U);
    BOOST_TEST(server->process().wait_for_line(" does not answer (").find("so that it calls again") !=
               std::string::npos);
    homeserver.set_fault({});
    BOOST_TEST(comes_true([&] { return call(delete_device_path, deleted_phone).status == 204; }));
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_closes_under_a_call_is_no_failure, single_threaded_mas_server) {
    homeserver.set_fault({.kind = "closes_reused"});
    for (int i = 0; i < 5; ++i) BOOST_TEST(call(sync_devices_path, web_alone).status == 200);
    BOOST_TEST(homeserver.request_count() == 9U);  // all but the first were sent twice
}

BOOST_AUTO_TEST_CASE(what_it_refuses_mas_is_told) {
    stub_upstream disagreeing({.bearer_secret = "another"});
    const mas_server pusherd({"--mas-upstream", disagreeing.url()});
    const answer got = pusherd.call(delete_device_path, deleted_phone);
    BOOST_TEST(verdict(got) == "403 M_FORBIDDEN");
    BOOST_TEST(got.error() == "This endpoint is MAS's");
    BOOST_TEST(pusherd.refused() == "phone phone_too ");
    BOOST_TEST(pusherd.server->process().wait_for_line("was not taken").ends_with("it answered 403"));
    for (int i = 0; i < 8; ++i) BOOST_TEST(pusherd.call(delete_device_path, deleted_phone).status == 403);
    BOOST_TEST(disagreeing.request_count() == 9U);  // it is asked on: to refuse is no failure
}

BOOST_AUTO_TEST_CASE(a_base_path_stands_in_front) {
    stub_upstream behind({.base_path = "/hs", .bearer_secret = mas_secret});
    const mas_server pusherd({"--mas-upstream", behind.url() + '/'});
    BOOST_TEST(pusherd.call(delete_device_path, deleted_phone).status == 204);
    BOOST_TEST(behind.requests().at(0).target == "/hs" + delete_device_path);
}

// Its name is looked up on a thread of its own, which must not take the signal.
BOOST_AUTO_TEST_CASE(one_with_a_name_is_found_and_a_stop_is_as_usual) {
    stub_upstream behind({.bearer_secret = mas_secret});
    const mas_server pusherd({"--mas-upstream", behind.url("localhost")});
    BOOST_TEST(pusherd.call(delete_device_path, deleted_phone).status == 204);
    BOOST_TEST(pusherd.server->stop().status == 0);
    BOOST_TEST(pusherd.server->process().errors().find("stopped") != std::string::npos);
}

// A drain that is over does not wait for the homeserver.
BOOST_AUTO_TEST_CASE(a_stop_that_cannot_wait_any_longer_does_not) {
    mas_server pusherd({"--auth-timeout", "600", "--drain", "1"}, true);
    pusherd.homeserver.set_fault({.kind = "held"});
    const http_connection mas = pusherd.calling(delete_device_path, deleted_phone);
    (void)pusherd.homeserver.wait_for_requests(1);
    BOOST_TEST(pusherd.server->stop().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
