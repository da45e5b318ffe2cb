// Who is told next: the turns of pushers and gateways, their bounds, and the pauses of those that fail. Time is a
// parameter.

#include "net/pokes/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;

const clock::time_point start{1000h};
const std::string here = "https://push.example.org:443";
const std::string there = "https://other.example.org:443";

domain::queue_id id(int number) {
    domain::queue_id made{};
    made[0] = static_cast<unsigned char>(number);
    return made;
}

struct scheduled {
    poke_schedule schedule{{.of_a_gateway = 2, .in_all = 8, .known = 16, .known_of_a_gateway = 12}};

    void add(std::initializer_list<int> numbers, const std::string& gateway = here) {
        for (const int each : numbers) BOOST_TEST(schedule.add(id(each), gateway));
    }

    // Who has a turn now, each followed by a space.
    std::string taken(clock::time_point now = start) {
        std::string all;
        while (const auto next = schedule.take(now)) all += std::to_string((*next)[0]) + ' ';
        return all;
    }

    int taken_first() {
        const auto next = schedule.take(start);
        return next ? (*next)[0] : -1;
    }

    // Fails so often that a gateway is one that fails, by a pusher of its own.
    void let_it_fail(const std::string& gateway = here, clock::time_point now = start) {
        for (int i = 1; i <= 3; ++i) BOOST_TEST(schedule.gateway_failed(gateway, 0s, now) == (i == 3));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_schedules, scheduled)

BOOST_AUTO_TEST_CASE(who_has_come_first_has_the_first_turn_and_no_gateway_has_more_than_its_places) {
    add({1, 2, 3, 4});
    BOOST_TEST(taken() == "1 2 ");
    schedule.done(id(2), false);
    BOOST_TEST(taken() == "3 ");
    schedule.free_place(id(1));
    BOOST_TEST(taken() == "4 ");
    BOOST_TEST(schedule.busy() == 2U);
}

BOOST_AUTO_TEST_CASE(who_has_more_has_its_next_turn_behind_the_others) {
    add({1, 2, 3});
    BOOST_TEST(taken() == "1 2 ");
    schedule.done(id(1), true);
    BOOST_TEST(taken() == "3 ");
    schedule.done(id(2), true);
    BOOST_TEST(taken() == "1 ");
}

BOOST_AUTO_TEST_CASE(who_is_busy_has_no_second_turn) {
    add({1});
    BOOST_TEST(taken() == "1 ");
    BOOST_TEST(schedule.add(id(1), here));
    BOOST_TEST(schedule.add_more(id(1), false));
    BOOST_TEST(schedule.add_more(id(1), true));
    schedule.free_place(id(1));
    BOOST_TEST(taken() == "");
    schedule.done(id(1), false);
    BOOST_TEST(taken() == "1 ");
}

BOOST_AUTO_TEST_CASE(gateways_take_turns) {
    for (const std::string& gateway : {here, there}) (void)schedule.gateway_answered(gateway, 0s, start);
    add({1, 2, 3});
    add({11, 12, 13}, there);
    BOOST_TEST(taken() == "1 11 2 12 ");
}

BOOST_AUTO_TEST_CASE(there_are_so_many_requests_in_all) {
    for (int i = 0; i < 10; ++i) {
        const std::string gateway = "https://" + std::to_string(i);
        (void)schedule.gateway_answered(gateway, 0s, start);
        add({i}, gateway);
    }
    BOOST_TEST(taken() == "0 1 2 3 4 5 6 7 ");
    schedule.done(id(5), true);
    BOOST_TEST(taken() == "8 ");
    schedule.failed(id(1), 1h, start);
    BOOST_TEST(taken() == "9 ");
    schedule.free_place(id(2));
    BOOST_TEST(taken() == "5 ");
}

BOOST_AUTO_TEST_CASE(gateways_that_have_never_answered_have_half_of_the_places) {
    for (int i = 0; i < 6; ++i) add({i}, "https://unknown" + std::to_string(i));
    BOOST_TEST(taken() == "0 1 2 3 ");
    (void)schedule.gateway_answered(here, 0s, start);
    add({10, 11});
    BOOST_TEST(taken() == "10 11 ");
    schedule.free_place(id(10));
    BOOST_TEST(taken() == "");
    schedule.free_place(id(0));
    BOOST_TEST(taken() == "4 ");
    (void)schedule.gateway_answered("https://unknown5", 0s, start);  // a test has come through
    BOOST_TEST(taken() == "5 ");
}

BOOST_AUTO_TEST_CASE(one_that_waits_for_such_a_place_and_has_nothing_to_do_any_more_keeps_it_from_nobody) {
    add({1, 2}, "https://one");
    for (int i = 3; i <= 4; ++i) add({i}, "https://unknown" + std::to_string(i));
    BOOST_TEST(taken() == "1 3 4 2 ");
    add({5, 6}, "https://five");
    add({7}, "https://seven");
    BOOST_TEST(taken() == "");
    for (const int each : {1, 2, 3, 4}) schedule.done(id(each), false);
    BOOST_TEST(taken() == "5 6 7 ");
}

BOOST_AUTO_TEST_CASE(a_gateway_that_fails_has_one_probe_at_a_time_and_one_a_second) {
    add({1, 2, 3, 4});
    BOOST_TEST(taken() == "1 2 ");
    let_it_fail();
    schedule.failed(id(1), 10s, start);
    BOOST_TEST(taken(start + 2s) == "");  // 2 is still under way
    schedule.failed(id(2), 10s, start);
    BOOST_TEST(taken(start + 999ms) == "");
    schedule.wake(start + 999ms);
    BOOST_TEST(taken(start + 999ms) == "");
    schedule.wake(start + 1s);
    BOOST_TEST(taken(start + 1s) == "3 ");
    BOOST_TEST(!schedule.gateway_failed(here, 0s, start + 2s));
    schedule.failed(id(3), 10s, start + 2s);
    schedule.wake(start + 2s);
    BOOST_TEST(taken(start + 2s) == "");
    schedule.wake(start + 3s);
    BOOST_TEST(taken(start + 3s) == "4 ");
}

BOOST_AUTO_TEST_CASE(a_gateway_may_ask_for_a_pause) {
    add({1, 2, 3});
    add({11}, there);
    BOOST_TEST(taken_first() == 1);
    BOOST_TEST(!schedule.gateway_failed(here, 60s, start));
    schedule.failed(id(1), 60s, start);
    BOOST_TEST(taken() == "11 ");
    schedule.wake(start + 59s);
    BOOST_TEST(taken(start + 59s) == "");
    BOOST_TEST(!schedule.gateway_failed(here, 0s, start + 1s));  // is no shorter for it
    schedule.wake(start + 59s);
    BOOST_TEST(taken(start + 59s) == "");
    schedule.wake(start + 60s);
    BOOST_TEST(taken(start + 60s) == "2 3 ");
}

BOOST_AUTO_TEST_CASE(of_a_gateway_that_fails_few_are_kept_in_mind) {
    poke_schedule few{
        {.of_a_gateway = 2, .in_all = 8, .known = 16, .known_of_a_gateway = 12, .known_of_a_failing_one = 3}};
    for (int i = 1; i <= 10; ++i) BOOST_TEST(few.add(id(i), here));
    for (int i = 0; i < 3; ++i) (void)few.gateway_failed(here, 0s, start);
    BOOST_TEST(few.size() == 3U);
    BOOST_TEST(few.take_left_out() == 7U);
    BOOST_TEST(few.take_left_out() == 0U);
    BOOST_TEST(!few.add(id(11), here));
    BOOST_TEST(few.add(id(12), there));
}

BOOST_AUTO_TEST_CASE(who_has_a_pause_gives_way_to_who_has_none) {
    poke_schedule small{{.of_a_gateway = 2, .in_all = 8, .known = 4, .known_of_a_gateway = 4}};
    for (int i = 1; i <= 4; ++i) BOOST_TEST(small.add(id(i), here + std::to_string(i)));
    for (int i = 1; i <= 4; ++i) {
        BOOST_TEST_REQUIRE(small.take(start).has_value());
        small.failed(id(i), std::chrono::minutes(i), start);
    }
    BOOST_TEST(small.has_room_for_more());
    BOOST_TEST(small.add(id(5), there));
    BOOST_TEST(!small.knows(id(4)));  // it would have waited longest
    BOOST_TEST(small.take_left_out() == 1U);
    small.wake(start + 10min);
    std::string all;
    while (const auto next = small.take(start + 10min)) all += std::to_string((*next)[0]) + ' ';
    BOOST_TEST(all.size() == 8U, all);
}

BOOST_AUTO_TEST_CASE(when_a_gateway_is_back_those_who_waited_come_back_soon) {
    add({1, 2, 3});
    BOOST_TEST(taken() == "1 2 ");
    let_it_fail();
    for (const int each : {1, 2}) schedule.failed(id(each), 1h, start);
    schedule.wake(start + 1s);
    BOOST_TEST(taken(start + 1s) == "3 ");
    BOOST_TEST(schedule.gateway_answered(here, 0s, start + 2s));
    schedule.done(id(3), false);
    BOOST_TEST(!schedule.gateway_answered(here, 0s, start + 2s));
    schedule.wake(start + 32s);
    BOOST_TEST(taken(start + 32s).size() == 4U);
}

BOOST_AUTO_TEST_CASE(who_comes_back_with_a_gateway_does_not_do_so_later_than_without) {
    add({1});
    BOOST_TEST(taken() == "1 ");
    let_it_fail();
    schedule.failed(id(1), 5s, start);
    BOOST_TEST(schedule.gateway_answered(here, 0s, start + 1s));
    schedule.wake(start + 4s);
    BOOST_TEST(taken(start + 4s) == "");
    schedule.wake(start + 5s);
    BOOST_TEST(taken(start + 5s) == "1 ");
}

BOOST_AUTO_TEST_CASE(a_pusher_that_fails_has_a_pause_of_its_own) {
    add({1, 2});
    BOOST_TEST(taken() == "1 2 ");
    schedule.failed(id(1), 1500ms, start);
    BOOST_TEST(schedule.failures(id(1)) == 1U);
    schedule.wake(start + 1499ms);
    BOOST_TEST(taken(start + 1499ms) == "");
    schedule.wake(start + 1500ms);
    BOOST_TEST(taken(start + 1500ms) == "1 ");
    schedule.failed(id(1), 1ms, start);
    BOOST_TEST(schedule.failures(id(1)) == 2U);
    schedule.wake(start + 2s);
    BOOST_TEST(taken(start + 2s) == "1 ");
    schedule.done(id(1), true);
    BOOST_TEST(schedule.failures(id(1)) == 0U);
}

BOOST_AUTO_TEST_CASE(something_new_is_no_reason_to_end_a_pause_but_a_change_is) {
    add({1});
    BOOST_TEST(taken() == "1 ");
    schedule.failed(id(1), 1h, start);
    BOOST_TEST(schedule.add_more(id(1), false));
    schedule.wake(start + 1s);
    BOOST_TEST(taken(start + 1s) == "");
    BOOST_TEST(schedule.add_more(id(1), true));
    BOOST_TEST(schedule.failures(id(1)) == 0U);
    BOOST_TEST(taken(start + 1s) == "1 ");
}

BOOST_AUTO_TEST_CASE(what_fails_for_a_pusher_that_was_changed_meanwhile_is_forgiven) {
    add({1});
    BOOST_TEST(taken() == "1 ");
    BOOST_TEST(schedule.count_not_understood(id(1), 7) == 1U);
    BOOST_TEST(schedule.count_not_understood(id(1), 7) == 2U);
    BOOST_TEST(schedule.add_more(id(1), true));
    schedule.failed(id(1), 1h, start);
    BOOST_TEST(schedule.failures(id(1)) == 0U);
    BOOST_TEST(taken() == "1 ");
    BOOST_TEST(schedule.count_not_understood(id(1), 7) == 1U);
    schedule.failed(id(1), 1h, start);  // once
    BOOST_TEST(schedule.failures(id(1)) == 1U);
    BOOST_TEST(taken() == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_counted_for_each_poke) {
    add({1});
    BOOST_TEST(schedule.count_not_understood(id(1), 7) == 1U);
    BOOST_TEST(schedule.count_not_understood(id(1), 7) == 2U);
    BOOST_TEST(schedule.count_not_understood(id(1), 8) == 1U);
    BOOST_TEST(schedule.count_not_understood(id(1), 7) == 1U);
    BOOST_TEST(schedule.count_not_understood(id(9), 7) == 1U);
    BOOST_TEST(schedule.count_not_understood(id(9), 7) == 1U);
}

BOOST_AUTO_TEST_CASE(others_of_a_gateway_are_taken_along_without_a_place) {
    add({1, 2, 4});
    BOOST_TEST(taken_first() == 1);
    BOOST_TEST(schedule.take_along(id(2), id(1)));
    BOOST_TEST(schedule.take_along(id(3), id(1)));  // who was not known
    BOOST_TEST(schedule.busy() == 1U);
    BOOST_TEST(taken() == "4 ");
    schedule.done(id(2), true);
    schedule.failed(id(3), 1s, start);
    BOOST_TEST(schedule.busy() == 2U);
    BOOST_TEST(taken() == "");
    schedule.done(id(1), false);
    BOOST_TEST(taken() == "2 ");
}

BOOST_AUTO_TEST_CASE(some_must_have_a_request_of_their_own) {
    add({1, 2, 3});
    add({11}, there);
    BOOST_TEST(taken() == "1 11 2 ");
    BOOST_TEST(!schedule.take_along(id(2), id(1)));   // busy
    BOOST_TEST(!schedule.take_along(id(11), id(1)));  // elsewhere
    BOOST_TEST(!schedule.take_along(id(3), id(9)));   // with nobody
    schedule.failed(id(2), 1s, start);
    BOOST_TEST(!schedule.take_along(id(2), id(1)));  // has a pause
    schedule.wake(start + 1s);
    BOOST_TEST(!schedule.take_along(id(2), id(1)));  // has failed
    schedule.done(id(1), false);
    BOOST_TEST(taken(start + 1s) == "3 2 ");
    BOOST_TEST(schedule.add(id(4), here));
    BOOST_TEST(!schedule.take_along(id(4), id(2)));  // who leads has failed
    BOOST_TEST(schedule.take_along(id(4), id(3)));
}

BOOST_AUTO_TEST_CASE(one_may_turn_out_to_be_elsewhere) {
    add({1, 2, 3});
    BOOST_TEST(taken() == "1 2 ");
    schedule.move(id(1), there);
    BOOST_TEST(schedule.gateway_of(id(1)) == there);
    BOOST_TEST(taken() == "3 1 ");
    BOOST_TEST(schedule.busy() == 3U);
}

BOOST_AUTO_TEST_CASE(of_somebody_unknown_nothing_is_known) {
    schedule.done(id(1), true);
    schedule.failed(id(1), 1s, start);
    schedule.free_place(id(1));
    schedule.move(id(1), there);
    BOOST_TEST(!schedule.add_more(id(1), true));
    BOOST_TEST(!schedule.knows(id(1)));
    BOOST_TEST(schedule.failures(id(1)) == 0U);
    BOOST_TEST(schedule.size() == 0U);
}

BOOST_AUTO_TEST_CASE(what_comes_of_one_who_has_no_turn_changes_nothing) {
    add({1, 2, 3});
    BOOST_TEST(taken() == "1 2 ");
    schedule.failed(id(2), 1s, start);
    for (const int each : {2, 3}) {
        schedule.done(id(each), true);
        schedule.done(id(each), false);
        schedule.failed(id(each), 1h, start);
        schedule.move(id(each), there);
    }
    BOOST_TEST(schedule.size() == 3U);
    BOOST_TEST(schedule.failures(id(2)) == 1U);
    BOOST_TEST(schedule.gateway_of(id(3)) == here);
    BOOST_TEST(taken() == "3 ");
    schedule.free_place(id(3));
    schedule.wake(start + 1s);
    BOOST_TEST(taken(start + 1s) == "2 ");
}

BOOST_AUTO_TEST_CASE(who_has_nothing_more_is_forgotten) {
    add({1});
    BOOST_TEST(taken() == "1 ");
    schedule.done(id(1), false);
    BOOST_TEST(!schedule.knows(id(1)));
    BOOST_TEST(schedule.size() == 0U);
    BOOST_TEST(schedule.busy() == 0U);
    add({1});
    BOOST_TEST(taken() == "1 ");
}

BOOST_AUTO_TEST_CASE(it_keeps_so_many_in_mind_and_so_many_of_a_gateway) {
    for (int i = 0; i < 12; ++i) {
        BOOST_TEST(schedule.has_room_for_more() == (i < 8));
        add({i});
    }
    BOOST_TEST(!schedule.add(id(12), here));
    add({20, 21, 22, 23}, there);
    BOOST_TEST(!schedule.add(id(24), there));
    BOOST_TEST(!schedule.add(id(24), "https://third.example.org:443"));
    BOOST_TEST(schedule.size() == 16U);
    BOOST_TEST(taken_first() == 0);
    BOOST_TEST(!schedule.take_along(id(24), id(0)));
    schedule.done(id(0), false);
    BOOST_TEST(schedule.add(id(12), here));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
