// How many sets may wait for the disk.

#include "persistence/registry/queue_bound.hpp"

#include <boost/test/unit_test.hpp>

namespace pusherd::persistence {
namespace {

using namespace std::chrono_literals;

constexpr queue_bound::limits limits{.most = 1000, .least = 10, .batch = 100ms};

// One whose disk has been slow for longer than a moment.
queue_bound bound_of_a_slow_disk() {
    queue_bound bound(limits);
    bound.learn(1000, 101ms);
    return bound;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(queue_bounds)

BOOST_AUTO_TEST_CASE(a_disk_that_keeps_up_is_given_as_much_as_is_allowed) {
    queue_bound bound(limits);
    BOOST_TEST(bound.sets() == 1000U);
    bound.learn(1, 99ms);
    bound.learn(1000, 100ms);
    BOOST_TEST(bound.sets() == 1000U);
}

BOOST_AUTO_TEST_CASE(what_took_too_long_bounds_what_may_wait_next_time) {
    queue_bound bound = bound_of_a_slow_disk();
    bound.learn(1000, 400ms);
    BOOST_TEST(bound.sets() == 250U);
    bound.learn(250, 200ms);
    BOOST_TEST(bound.sets() == 125U);
}

BOOST_AUTO_TEST_CASE(a_slow_batch_never_makes_the_bound_larger) {
    queue_bound bound = bound_of_a_slow_disk();
    bound.learn(100, 200ms);
    bound.learn(900, 200ms);
    BOOST_TEST(bound.sets() == 50U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_hangs_once_now_and_then_turns_nobody_away) {
    queue_bound bound(limits);
    for (int i = 0; i < 3; ++i) {
        bound.learn(500, 10s);
        bound.learn(500, 20ms);
    }
    BOOST_TEST(bound.sets() == 1000U);
}

BOOST_AUTO_TEST_CASE(syncs_that_hang_do_not_turn_everybody_away) {
    queue_bound bound = bound_of_a_slow_disk();
    bound.learn(1, 10s);
    BOOST_TEST(bound.sets() == 10U);
}

BOOST_AUTO_TEST_CASE(it_grows_with_what_the_disk_takes_in_time_up_to_the_limit) {
    queue_bound bound = bound_of_a_slow_disk();
    bound.learn(1, 10s);
    for (std::size_t expected : {20U, 40U, 80U, 160U, 320U, 640U, 1000U, 1000U}) {
        bound.learn(bound.sets(), 50ms);
        BOOST_TEST(bound.sets() == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_less_than_the_least_holds) {
    queue_bound bound({.most = 3, .least = 10, .batch = 100ms});
    bound.learn(3, 10s);
    bound.learn(3, 10s);
    BOOST_TEST(bound.sets() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
