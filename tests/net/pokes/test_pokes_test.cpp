// Pokes that are sent to see whether they arrive.

#include "tests/net/pokes/delivering.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>

namespace pusherd::net {
namespace {

using testing::comes_true;
using testing::key_of;
using testing::test_gateway;
using verdict = poke_test_outcome::verdict;

/// Waits where a server would go on with other connections.
struct waiting_carrier final : answer_carrier {
    void on_answer(awaited&) noexcept override {
        const auto kept = done;  // who waits may destroy this as soon as the value is there
        kept->set_value();
    }
    std::shared_ptr<std::promise<void>> done = std::make_shared<std::promise<void>>();
};

struct testing_pokes : delivering {
    poke_test_outcome test(const std::string& pushkey = "phone") {
        waiting_carrier carrier;
        pending_poke_test wanted(carrier, "@alice:h", key_of(pushkey));
        delivery->test(wanted);
        carrier.done->get_future().wait();
        return wanted.outcome;
    }
};

bool is_test(const test_gateway::request& what) { return what.body.find("$THIS_IS_A_FAKE") != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pokes_for_a_test, testing_pokes)

BOOST_AUTO_TEST_CASE(one_arrives_at_once_and_is_counted_nowhere) {
    test_gateway gateway;
    begin();
    set_at(gateway.url());
    const auto outcome = test();
    BOOST_CHECK(outcome.what == verdict::delivered);
    BOOST_TEST(outcome.status == 200U);
    BOOST_TEST_REQUIRE(gateway.requests().size() == 1U);
    BOOST_TEST(gateway.requests()[0].body ==
               R"({"notification":{"event_id":"$THIS_IS_A_FAKE_EVENT_ID","room_id":"!room:domain","prio":"high",)"
               R"("devices":[{"app_id":"org.example.app","pushkey":"phone","pushkey_ts":1764230400,"data":{}}]}})");
    BOOST_TEST(health_of().sent == 0U);
}

BOOST_AUTO_TEST_CASE(for_nobody_there_is_none) {
    begin();
    BOOST_CHECK(test().what == verdict::unknown);
}

BOOST_AUTO_TEST_CASE(it_says_what_has_failed) {
    test_gateway gateway([](const auto&) { return test_gateway::answer(418); });
    begin();
    set_at(gateway.url());
    auto outcome = test();
    BOOST_CHECK(outcome.what == verdict::failed);
    BOOST_TEST(outcome.status == 418U);
    BOOST_TEST(outcome.failure.text == "the push gateway answered 418");
    delivery->change_policy({}, true);
    outcome = test();
    BOOST_CHECK(outcome.failure.kind == domain::failure_kind::blocked);
    BOOST_TEST(outcome.failure.text.find("--gateway-allow-range 127.0.0.0/8") != std::string::npos);
    BOOST_TEST(gateway.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_rejected_is_removed) {
    test_gateway gateway([](const auto&) { return test_gateway::answer(200, R"({"rejected":["phone"]})"); });
    begin();
    set_at(gateway.url());
    BOOST_CHECK(test().what == verdict::rejected);
    BOOST_TEST(comes_true([&] { return pushkeys_of(alice).empty(); }));
    BOOST_TEST(health(now_in_milliseconds()).tombstones.size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_is_sent_also_where_another_process_delivers) {
    test_gateway gateway;
    auto how = options();
    how.delivers = false;
    begin(std::move(how));
    set_at(gateway.url());
    tell("$1");
    BOOST_CHECK(test().what == verdict::delivered);
    BOOST_TEST(gateway.requests().size() == 1U);
    BOOST_TEST(health_of().queued == 1U);
}

BOOST_AUTO_TEST_CASE(an_end_answers_all_that_are_under_way) {
    std::promise<void> release;
    auto released = release.get_future().share();
    test_gateway gateway([released](const auto&) {
        released.wait();
        return test_gateway::answer(200);
    });
    begin();
    set_at(gateway.url());
    auto outcome = std::async(std::launch::async, [&] { return test(); });
    BOOST_TEST(comes_true([&] { return gateway.requests().size() == 1; }));
    delivery->abort();
    BOOST_CHECK(outcome.get().what == verdict::failed);
    BOOST_CHECK(test().what == verdict::busy);
    release.set_value();
}

// The pusher was set while its test was under way, so it stays; and what was to be sent to it still has its one turn.
BOOST_AUTO_TEST_CASE(what_comes_of_one_gives_nobody_a_second_turn) {
    std::promise<void> release;
    auto released = release.get_future().share();
    std::function<void()> before_answer = [] {};
    test_gateway gateway([&](const test_gateway::request& what) {
        if (is_test(what)) {
            before_answer();
            return test_gateway::answer(200, R"({"rejected":["phone"]})");
        }
        if (what.body.find("$held") != std::string::npos) released.wait();
        return test_gateway::answer(200);
    });
    before_answer = [&] { set_at(gateway.url() + "?new"); };
    set_at(gateway.url());
    const auto bob = log_in("@bob:h");
    (void)set(bob, testing::set_with_data(key_of("bobs"), R"({"url":")" + gateway.url() + "\"}"));
    begin();
    tell("$held");
    BOOST_TEST(comes_true([&] { return gateway.requests().size() == 1; }));
    BOOST_CHECK(test().what == verdict::rejected);
    tell("$bobs", "@bob:h");  // whose result is written after that of the test
    BOOST_TEST(comes_true(
        [&] { return store().open_reader()->health_of("@bob:h", now_in_milliseconds()).pushers.at(0).sent == 1; }));
    BOOST_TEST(pushkeys_of(alice) == "phone ");
    BOOST_TEST(delivery->under_way() == 1U);
    release.set_value();
    BOOST_TEST(is_sent());
    BOOST_TEST(gateway.requests().size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
