// Pokes on their way from the store to a gateway, and what comes of them; and where no connection may lead.

#include "tests/net/pokes/delivering.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <initializer_list>
#include <memory>
#include <string>

namespace pusherd::net {
namespace {

using testing::comes_true;
using testing::test_gateway;

// The events of what a gateway was sent, each followed by a space.
std::string events_in(const test_gateway& gateway) {
    std::string all;
    for (const auto& each : gateway.requests()) {
        const std::size_t at = each.body.find('$');
        all += each.body.substr(at, each.body.find('"', at) - at) + ' ';
    }
    return all;
}

bool has_line(const std::string& head, const std::string& line) {
    return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_deliveries, delivering)

BOOST_AUTO_TEST_CASE(a_poke_arrives) {
    test_gateway gateway;
    begin();
    set_at(gateway.url("PUSH.test.") + "?a=%20b");
    tell("$1");
    BOOST_TEST(is_sent());
    BOOST_TEST_REQUIRE(gateway.requests().size() == 1U);
    const auto [head, body] = gateway.requests()[0];
    BOOST_TEST(head.starts_with("POST /_matrix/push/v1/notify?a=%20b HTTP/1.1\r\n"), head);
    BOOST_TEST(has_line(head, "Host: push.test:" + gateway.port()), head);
    BOOST_TEST(has_line(head, "Content-Type: application/json"), head);
    BOOST_TEST(body == R"({"notification":{"event_id":"$1","devices":[{"app_id":"org.example.app","pushkey":"phone",)"
                       R"("pushkey_ts":1764230400,"data":{}}]}})");
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::ok);
    BOOST_TEST(health_of().queued == 0U);
}

BOOST_AUTO_TEST_CASE(a_gateway_that_never_stops_talking_is_no_answer_and_holds_up_nobody) {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string interim;
    for (int i = 0; i < 100'000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    for (const std::string& endless :
         {interim, chunked + "1;" + std::string(4'000'000, 'a'), chunked + "0\r\na: " + std::string(4'000'000, 'a')}) {
        test_gateway hostile([&](const auto&) { return endless; });
        test_gateway gateway;
        begin();
        set_at(hostile.url(), "hostile");
        set_at(gateway.url());
        tell("$" + std::to_string(endless.size()));
        BOOST_TEST(is_sent());
        BOOST_TEST(comes_true([&] { return health_of("hostile").failure.kind == domain::failure_kind::answer; }));
        delivery.reset();
        (void)set(alice, testing::removal_of("hostile"));
        (void)set(alice, testing::removal_of("phone"));
    }
}

BOOST_AUTO_TEST_CASE(what_waited_before_it_began_is_sent_in_its_order_on_one_connection) {
    test_gateway gateway;
    set_at(gateway.url());
    std::string expected;
    for (int i = 1; i <= 20; ++i) {
        tell('$' + std::to_string(i));
        expected += '$' + std::to_string(i) + ' ';
    }
    begin();
    BOOST_TEST(is_sent(20));
    BOOST_TEST(events_in(gateway) == expected);
    BOOST_TEST(gateway.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(no_connection_leads_to_a_forbidden_address_and_its_user_is_told_why) {
    test_gateway gateway;
    auto how = options();
    how.policy = {};
    begin(std::move(how));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_blocked());
    const auto failure = health_of().failure;
    BOOST_TEST(failure.text ==
               "'data.url' points to 127.0.0.1, in the forbidden range 127.0.0.0/8 (the server's "
               "option --gateway-allow-range 127.0.0.0/8 allows it)");
    BOOST_TEST(health_of().queued == 1U);
    BOOST_TEST(gateway.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(nor_does_one_for_an_address_in_the_url_or_for_http_where_it_must_be_https) {
    test_gateway gateway;
    auto how = options();
    how.policy = {};
    begin(std::move(how));
    for (const char* host : {"127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"}) {
        set_at(gateway.url(host), host);
        tell(std::string("$") + host);
        BOOST_TEST(comes_true([&] { return health_of(host).failure.kind == domain::failure_kind::blocked; }), host);
    }
    delivery.reset();
    how = options();
    how.allow_insecure = false;
    begin(std::move(how));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_blocked());
    BOOST_TEST(health_of().failure.text.find("--allow-insecure-gateways") != std::string::npos);
    BOOST_TEST(gateway.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(a_name_that_may_not_be_is_not_even_looked_up) {
    std::atomic<int> asked = 0;
    test_gateway gateway;
    auto how = options([&](const std::string&, const std::string& port) {
        ++asked;
        return addresses({"127.0.0.1"}, port);
    });
    how.policy.denied.push_back(domain::parse_gateway_rule("*.test").value());
    begin(std::move(how));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_blocked());
    BOOST_TEST(health_of().failure.text.find("--gateway-deny") != std::string::npos);
    BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(an_exception_that_is_made_later_lets_what_waits_pass) {
    test_gateway gateway;
    auto how = options();
    const auto later = how.policy;
    how.policy = {};
    begin(std::move(how));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_blocked());
    delivery->change_policy(later, true);
    BOOST_TEST(is_sent());
    BOOST_TEST(gateway.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(of_several_addresses_one_that_is_allowed_is_taken) {
    test_gateway gateway;
    begin(options([](const std::string&, const std::string& port) {
        return addresses({"10.0.0.1", "::1", "127.0.0.2", "127.0.0.1", "169.254.169.254"}, port);
    }));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_sent());
    BOOST_CHECK(health_of().failure == domain::delivery_failure{});
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_to_a_forbidden_address_when_it_is_asked_again_is_blocked_then) {
    std::atomic<int> asked = 0;
    auto gateway = std::make_unique<test_gateway>();
    begin(options([&](const std::string&, const std::string& port) {
        return addresses({asked++ == 0 ? "127.0.0.1" : "127.0.0.2"}, port);
    }));
    set_at(gateway->url());
    tell("$1");
    BOOST_TEST(is_sent());
    BOOST_TEST(asked == 1);  // the connection goes to what was checked
    gateway.reset();
    tell("$2");
    BOOST_TEST(is_blocked());
    BOOST_TEST(asked == 2);
    BOOST_TEST(health_of().failure.text.find("points to 127.0.0.2,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(and_one_that_leads_to_an_allowed_one_then_is_reached) {
    test_gateway gateway;
    begin(options(always("127.0.0.2")));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_blocked());
    delivery.reset();
    begin();
    BOOST_TEST(is_sent());
    BOOST_TEST(health_of().failing_since == 0);
}

BOOST_AUTO_TEST_CASE(a_name_without_addresses_is_asked_for_again_at_the_next_try) {
    std::atomic<int> asked = 0;
    test_gateway gateway;
    begin(options([&](const std::string& host, const std::string& port) {
        return asked++ == 0 ? found_addresses{{}, host + ": nobody knows"} : addresses({"127.0.0.1"}, port);
    }));
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_sent());
    BOOST_TEST(asked == 2);
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::ok);
    BOOST_CHECK(health_of().failure.kind == domain::failure_kind::name);  // the last one that there was
}

BOOST_AUTO_TEST_CASE(who_is_rejected_is_removed) {
    test_gateway gateway([](const auto&) { return test_gateway::answer(200, R"({"rejected":["phone"]})"); });
    begin();
    set_at(gateway.url());
    set_at(gateway.url(), "tablet");
    tell("$1");
    BOOST_TEST(comes_true([&] { return pushkeys_of(alice) == "tablet "; }));
    BOOST_TEST(comes_true([&] { return health_of("tablet").sent == 1U; }));
    BOOST_TEST(health(now_in_milliseconds()).tombstones.size() == 1U);
}

BOOST_AUTO_TEST_CASE(pushers_of_a_user_share_a_request_and_after_a_failure_they_do_not) {
    std::atomic<int> answered = 0;
    test_gateway gateway([&](const auto&) { return test_gateway::answer(answered++ == 0 ? 503 : 200); });
    for (const char* each : {"phone", "tablet"}) set_at(gateway.url(), each);
    tell("$1");
    begin();
    BOOST_TEST(is_sent());
    BOOST_TEST(comes_true([&] { return health_of("tablet").sent == 1U; }));
    const auto requests = gateway.requests();
    BOOST_TEST_REQUIRE(requests.size() == 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const bool both =
            requests[i].body.find("phone") != std::string::npos && requests[i].body.find("tablet") != std::string::npos;
        BOOST_TEST(both == (i == 0), requests[i].body);
    }
}

BOOST_AUTO_TEST_CASE(a_request_that_is_shared_does_not_grow_too_large) {
    test_gateway gateway;
    for (const char* each : {"phone", "tablet", "watch", "web"}) set_at(gateway.url(), each);
    auto large = testing::event("$1");  // whose tweaks go out with each pusher
    large.tweaks = R"({"x":")" + std::string(100'000, 'x') + "\"}";
    BOOST_TEST(notify(large, now_in_milliseconds()) == 4U);
    begin();
    for (const char* each : {"phone", "tablet", "watch", "web"})
        BOOST_TEST(comes_true([&] { return health_of(each).sent == 1U; }), each);
    BOOST_TEST(gateway.requests().size() == 2U);
    for (const auto& each : gateway.requests()) BOOST_TEST(each.body.size() <= 256U * 1024U);
}

BOOST_AUTO_TEST_CASE(a_queue_that_cannot_be_read_holds_up_no_other) {
    std::atomic<int> answered = 0;
    test_gateway gateway([&](const auto&) { return test_gateway::answer(answered++ == 0 ? 503 : 200); });
    set_at(gateway.url());
    {
        persistence::write_txn txn(db().env());
        txn.put(db().all().queues, persistence::queue_key{}, "what is this?");
        txn.commit();
    }
    begin();
    tell("$1");
    BOOST_TEST(is_sent());
    BOOST_TEST(logger.lines().size() > 0U);
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_three_times_is_dropped_and_the_next_one_goes_out) {
    test_gateway gateway([](const test_gateway::request& what) {
        return test_gateway::answer(what.body.find("$1") != std::string::npos ? 400 : 200);
    });
    begin();
    set_at(gateway.url());
    tell("$1");
    tell("$2");
    BOOST_TEST(is_sent());
    BOOST_TEST(events_in(gateway) == "$1 $1 $1 $2 ");
    BOOST_TEST(health_of().dropped == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_list_is_noted_and_one_of_any_length_will_do) {
    test_gateway gateway([](const test_gateway::request& what) {
        const bool is_first = what.body.find("$1") != std::string::npos;
        return test_gateway::answer(204 - 3, is_first ? "OK" : std::string(100'000, ' '));
    });
    begin();
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(is_sent());
    BOOST_CHECK(health_of().failure.kind == domain::failure_kind::answer);
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::ok);
    tell("$2");
    BOOST_TEST(is_sent(2));
}

BOOST_AUTO_TEST_CASE(an_event_that_is_too_old_is_not_sent) {
    test_gateway gateway;
    set_at(gateway.url());
    BOOST_TEST(notify(testing::event("$old"), now_in_milliseconds() - 25 * testing::hour) == 1U);
    tell("$new");
    begin();
    BOOST_TEST(is_sent());
    BOOST_TEST(events_in(gateway) == "$new ");
    BOOST_TEST(health_of().dropped == 1U);
}

BOOST_AUTO_TEST_CASE(a_stop_lets_what_is_under_way_end_and_begins_nothing) {
    std::promise<void> release;
    auto released = release.get_future().share();
    test_gateway gateway([released](const auto&) {
        released.wait();
        return test_gateway::answer(200);
    });
    begin();
    set_at(gateway.url());
    tell("$1");
    tell("$2");
    BOOST_TEST(comes_true([&] { return gateway.requests().size() == 1; }));
    delivery->begin_stop();
    BOOST_TEST(!delivery->has_stopped());
    release.set_value();
    BOOST_TEST(comes_true([&] { return delivery->has_stopped(); }));
    BOOST_TEST(health_of().sent == 1U);
    BOOST_TEST(health_of().queued == 1U);
    BOOST_TEST(pokes().begin_delivering());  // others may
    pokes().end_delivering();
}

BOOST_AUTO_TEST_CASE(its_end_waits_for_no_gateway_and_what_was_under_way_is_sent_again) {
    std::promise<void> release;
    auto released = release.get_future().share();
    test_gateway gateway([released](const auto&) {
        released.wait();
        return test_gateway::answer(200);
    });
    begin();
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(comes_true([&] { return gateway.requests().size() == 1; }));
    delivery.reset();
    BOOST_TEST(health_of().queued == 1U);
    release.set_value();
    begin();
    BOOST_TEST(is_sent());
    BOOST_TEST(events_in(gateway) == "$1 $1 ");
}

BOOST_AUTO_TEST_CASE(of_two_at_one_store_one_delivers_and_the_other_takes_over) {
    std::atomic<bool> is_well = true;
    test_gateway gateway([&](const auto&) { return test_gateway::answer(is_well ? 200 : 503); });
    set_at(gateway.url());
    persistence::lmdb_store other(db(), logger, {});
    begin();
    tell("$0");
    BOOST_TEST(is_sent());
    poke_delivery waiting(options(), other, logger);
    for (int i = 1; i < 10; ++i) tell('$' + std::to_string(i));
    BOOST_TEST(is_sent(10));
    BOOST_TEST(gateway.requests().size() == 10U);
    BOOST_TEST(gateway.connections() == 1U);
    is_well = false;
    tell("$10");
    BOOST_TEST(comes_true([&] { return health_of().failing_since != 0; }));
    delivery.reset();
    is_well = true;
    BOOST_TEST(is_sent(11));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
