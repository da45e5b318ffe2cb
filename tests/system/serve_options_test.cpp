// Each option of `serve` does what the table says, through the binary; what it does in detail, other tests ask.

#include "tests/support/pusherd_folder.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <string>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::string app = "org.example.app";

std::string insecure_pusher() {
    std::string body = pusher_body(app, "insecure");
    return body.replace(body.find("https"), 5, "http");
}

int sets_at_once(http_client& client, int at_most) {
    int passed = 0;
    while (passed < at_most && client.set(removal_body(app, "key")).status == 200) ++passed;
    return passed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(serve_options)

BOOST_AUTO_TEST_CASE(threads_may_be_one_or_many) {
    for (const char* threads : {"1", "4", "16"}) {
        const pusherd_folder folder;
        pusherd_server server(folder.data(), {"--threads", threads});
        http_client alice = server.client(folder.issue("@alice:example.org"));
        BOOST_TEST(alice.set(pusher_body(app, "key")).status == 200);
        BOOST_TEST(server.stop().status == 0);
    }
}

BOOST_AUTO_TEST_CASE(max_pushers_is_100_by_default_and_info_uri_the_specifications_page_on_push) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    for (int i = 0; i < 100; ++i) BOOST_TEST(alice.set(pusher_body(app, std::to_string(i))).status == 200);
    const answer refused = alice.set(pusher_body(app, "one too many"));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.errcode() == "M_USER_LIMIT_EXCEEDED");
    const auto body = refused.json();
    const std::string info_uri = body.at("info_uri").as_string().c_str();
    BOOST_TEST(info_uri.starts_with("https://spec.matrix.org/"), info_uri);
    BOOST_TEST(alice.set(pusher_body(app, "0", "de")).field("pusherd-outcome") == "updated");
    BOOST_TEST(alice.set(removal_body(app, "0")).field("pusherd-outcome") == "deleted");
    BOOST_TEST(alice.set(pusher_body(app, "one too many")).status == 200);
}

BOOST_AUTO_TEST_CASE(max_pushers_and_info_uri_can_be_chosen) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--max-pushers", "1", "--info-uri", "https://example.org/limits"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(alice.set(pusher_body(app, "one")).status == 200);
    const answer refused = alice.set(pusher_body(app, "two"));
    const auto body = refused.json();
    BOOST_TEST(body.at("errcode").as_string() == "M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(body.at("info_uri").as_string() == "https://example.org/limits");
}

BOOST_AUTO_TEST_CASE(sets_past_the_burst_are_429_and_lists_are_not) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0.001"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(sets_at_once(alice, 60) == 50);
    const answer refused = alice.set(removal_body(app, "key"));
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(refused.errcode() == "M_LIMIT_EXCEEDED");
    const auto body = refused.json();
    const auto milliseconds = body.at("retry_after_ms").to_number<std::int64_t>();
    BOOST_TEST(milliseconds > 0);
    BOOST_TEST(refused.field("retry-after") == std::to_string((milliseconds + 999) / 1000));
    BOOST_TEST(alice.get().status == 200);
    http_client same_user = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(same_user.set(removal_body(app, "key")).status == 429);
    http_client bob = server.client(folder.issue("@bob:example.org"));
    BOOST_TEST(bob.set(removal_body(app, "key")).status == 200);
}

BOOST_AUTO_TEST_CASE(set_burst_can_be_chosen) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0.001", "--set-burst", "3"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(sets_at_once(alice, 60) == 3);
}

BOOST_AUTO_TEST_CASE(a_set_rate_of_0_turns_the_limit_off) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0", "--set-burst", "1"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(sets_at_once(alice, 200) == 200);
}

BOOST_AUTO_TEST_CASE(insecure_gateways_are_refused_by_default_and_allowed_on_demand) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    {
        pusherd_server server(folder.data());
        const answer refused = server.client(token).set(insecure_pusher());
        BOOST_TEST(refused.errcode() == "M_INVALID_PARAM");
        BOOST_TEST(refused.error().find("--allow-insecure-gateways") != std::string::npos);
    }
    pusherd_server server(folder.data(), {"--allow-insecure-gateways"});
    BOOST_TEST(server.client(token).set(insecure_pusher()).status == 200);
}

BOOST_AUTO_TEST_CASE(a_token_in_the_query_is_taken_by_default_and_not_looked_at_when_off) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    const std::string target = "/_matrix/client/v3/pushers?access_token=" + token;
    BOOST_TEST(pusherd_server(folder.data()).client().get(target).status == 200);
    BOOST_TEST(pusherd_server(folder.data(), {"--query-token", "on"}).client().get(target).status == 200);
    pusherd_server off(folder.data(), {"--query-token", "off"});
    BOOST_TEST(off.client().get(target).errcode() == "M_MISSING_TOKEN");
    BOOST_TEST(off.client(token).get(target).status == 200);
}

BOOST_AUTO_TEST_CASE(max_body_is_65536_by_default_and_can_be_chosen) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    const auto padded = [](std::size_t size) {
        std::string body = pusher_body(app, "key");
        return body.append(size - body.size(), ' ');
    };
    {
        pusherd_server server(folder.data());
        BOOST_TEST(server.client(token).set(padded(65536)).status == 200);
        BOOST_TEST(server.client(token).set(padded(65537)).errcode() == "M_TOO_LARGE");
    }
    pusherd_server server(folder.data(), {"--max-body", "1000"});
    BOOST_TEST(server.client(token).set(padded(1000)).status == 200);
    BOOST_TEST(server.client(token).set(padded(1001)).status == 413);
}

BOOST_AUTO_TEST_CASE(past_max_connections_the_one_that_has_waited_longest_goes) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--max-connections", "2", "--threads", "1"});
    http_connection first(server.port());
    BOOST_TEST(first.send(request("GET", "/health")));
    BOOST_TEST(first.read_answer().status == 200);
    http_connection second(server.port());
    BOOST_TEST(second.send(request("GET", "/health")));
    BOOST_TEST(second.read_answer().status == 200);
    BOOST_TEST(server.client().get("/health").status == 200);
    BOOST_TEST(first.is_closed_within(10s));
}

BOOST_AUTO_TEST_CASE(it_raises_its_own_limit_of_open_files) {
    const pusherd_folder folder;
    pusherd_process server({.arguments = {"serve", "--data", folder.data().string(), "--listen", "127.0.0.1:0"}});
    (void)server.wait_for_line("listening on ");
    const bool says_less = server.errors().find("of 10000 connections are possible") != std::string::npos;
    std::ifstream limits("/proc/" + std::to_string(server.pid()) + "/limits");
    for (std::string line; std::getline(limits, line);)
        if (line.starts_with("Max open files")) BOOST_TEST((numbers_in(line).at(0) >= 10'000 || says_less), line);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_in_silence_after_the_idle_timeout) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--idle-timeout", "1"});
    http_connection idle(server.port());
    BOOST_TEST(idle.send(request("GET", "/health")));
    BOOST_TEST(idle.read_answer().status == 200);
    BOOST_TEST(idle.is_closed_within(60s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
