// The bucket of each user: a burst at once, then so many a second. Time is a parameter.

#include "net/api/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;
using time_point = rate_limiter::time_point;

const time_point start{1000h};

int take_many(rate_limiter& limiter, const std::string& user, time_point now, int times) {
    int taken = 0;
    for (int i = 0; i < times; ++i) taken += limiter.take(user, now) ? 0 : 1;
    return taken;
}

std::int64_t milliseconds_to_wait(rate_limiter& limiter, const std::string& user, time_point now) {
    const auto wait = limiter.take(user, now);
    return wait ? wait->count() : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rate_limiters)

BOOST_AUTO_TEST_CASE(a_burst_passes_at_once_and_not_one_more) {
    rate_limiter limiter(10, 50);
    BOOST_TEST(take_many(limiter, "@a:x", start, 1000) == 50);
}

BOOST_AUTO_TEST_CASE(after_the_burst_there_are_so_many_a_second) {
    rate_limiter limiter(10, 50);
    take_many(limiter, "@a:x", start, 50);
    BOOST_TEST(milliseconds_to_wait(limiter, "@a:x", start) == 100);
    BOOST_TEST(milliseconds_to_wait(limiter, "@a:x", start + 40ms) == 60);
    BOOST_TEST(milliseconds_to_wait(limiter, "@a:x", start + 99'500us) == 1);  // rounded up: never too early
    BOOST_TEST(take_many(limiter, "@a:x", start + 100ms, 10) == 1);
    BOOST_TEST(take_many(limiter, "@a:x", start + 1100ms, 100) == 10);
    BOOST_TEST(take_many(limiter, "@a:x", start + 1h, 1000) == 50);  // and never more than a burst is saved up
}

BOOST_AUTO_TEST_CASE(who_waits_as_told_is_let_pass) {
    rate_limiter limiter(3, 2);
    time_point now = start;
    for (int i = 0; i < 100; ++i) {
        if (const auto wait = limiter.take("@a:x", now)) {
            now += *wait;
            BOOST_TEST(!limiter.take("@a:x", now));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_does_not_make_the_wait_longer) {
    rate_limiter limiter(10, 1);
    BOOST_TEST(take_many(limiter, "@a:x", start, 1) == 1);
    BOOST_TEST(take_many(limiter, "@a:x", start, 1000) == 0);
    BOOST_TEST(milliseconds_to_wait(limiter, "@a:x", start) == 100);
}

BOOST_AUTO_TEST_CASE(each_user_has_a_bucket_of_their_own) {
    rate_limiter limiter(10, 5);
    for (int i = 0; i < 200; ++i) BOOST_TEST(take_many(limiter, "@" + std::to_string(i) + ":x", start, 10) == 5);
    BOOST_TEST(limiter.size() == 200U);
}

BOOST_AUTO_TEST_CASE(a_burst_of_one_or_less_is_one) {
    for (const double burst : {1.0, 0.5, 0.0, -3.0}) {
        rate_limiter limiter(10, burst);
        BOOST_TEST(take_many(limiter, "@a:x", start, 10) == 1);
    }
}

BOOST_AUTO_TEST_CASE(rate_zero_is_no_limit_and_needs_no_memory) {
    rate_limiter limiter(0, 1);
    BOOST_TEST(take_many(limiter, "@a:x", start, 10'000) == 10'000);
    BOOST_TEST(limiter.size() == 0U);
}

BOOST_AUTO_TEST_CASE(rates_below_one_a_second_work_as_well) {
    rate_limiter limiter(0.5, 1);
    BOOST_TEST(take_many(limiter, "@a:x", start, 2) == 1);
    BOOST_TEST(milliseconds_to_wait(limiter, "@a:x", start) == 2000);
    BOOST_TEST(take_many(limiter, "@a:x", start + 2s, 2) == 1);
}

BOOST_AUTO_TEST_CASE(users_who_have_been_quiet_are_forgotten) {
    rate_limiter limiter(10, 5);
    const auto visit = [&](int from, int to, time_point now) {
        for (int i = from; i < to; ++i) static_cast<void>(limiter.take("@" + std::to_string(i) + ":x", now));
    };
    visit(0, 100'000, start);
    BOOST_TEST(limiter.size() == 100'000U);
    visit(100'000, 300'000, start + 1h);
    BOOST_TEST(limiter.size() <= 250'000U);  // the first have gone, but for those where no sweep was due
    BOOST_TEST(take_many(limiter, "@1:x", start + 1h, 10) == 5);
}

BOOST_AUTO_TEST_CASE(limits_that_change_begin_anew_for_everybody) {
    rate_limiter limiter(0.001, 3);
    BOOST_TEST(take_many(limiter, "@a:x", start, 10) == 3);
    limiter.change(0.001, 5);
    BOOST_TEST(take_many(limiter, "@a:x", start, 10) == 5);
    limiter.change(0, 1);
    BOOST_TEST(take_many(limiter, "@a:x", start, 10'000) == 10'000);
    limiter.change(10, 1);
    BOOST_TEST(take_many(limiter, "@a:x", start, 10) == 1);
    BOOST_TEST(milliseconds_to_wait(limiter, "@a:x", start) == 100);
}

BOOST_AUTO_TEST_CASE(threads_share_one_bucket) {
    rate_limiter limiter(10, 500);
    std::atomic<int> taken = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { taken += take_many(limiter, "@a:x", start, 1000); });
    for (std::thread& each : threads) each.join();
    BOOST_TEST(taken == 500);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
