// How often pushers were set, and what that is worth while pushers are removed.

#include "domain/pokes/set_counter.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace pusherd::domain {
namespace {

struct counted {
    std::unique_ptr<set_counter> sets = std::make_unique<set_counter>();
    const pusher_key phone{"org.example.app", "phone"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(set_counters, counted)

BOOST_AUTO_TEST_CASE(each_set_is_counted_for_its_pusher) {
    const auto before = sets->of(phone);
    BOOST_TEST(sets->note(phone));
    BOOST_TEST(sets->note(phone));
    BOOST_TEST(sets->of(phone) == before + 2);
}

BOOST_AUTO_TEST_CASE(hardly_any_other_pusher_has_the_number) {
    for (int i = 0; i < 10; ++i) (void)sets->note(phone);
    int others = 0;
    for (int i = 0; i < 1000; ++i) {
        others += sets->of({"org.example.app", std::to_string(i)}) == 0 ? 0 : 1;
        others += sets->of({std::to_string(i), "phone"}) == 0 ? 0 : 1;
    }
    BOOST_TEST(others < 20);
}

BOOST_AUTO_TEST_CASE(while_pushers_are_removed_no_set_is_answered_as_one_that_changes_nothing) {
    {
        const set_counter::removal removing(*sets);
        const auto before = sets->of(phone);
        BOOST_TEST(!sets->note(phone));
        BOOST_TEST(sets->of(phone) == before + 1);
    }
    BOOST_TEST(sets->note(phone));
}

// Either the removal sees the set, or the set sees the removal.
BOOST_AUTO_TEST_CASE(of_a_set_and_a_removal_at_a_time_one_knows_of_the_other) {
    for (int i = 0; i < 2000; ++i) {
        const auto sent = sets->of(phone);
        std::atomic<int> ready = 0;
        bool is_answered_at_once = false;
        std::thread setting([&] {
            for (++ready; ready != 2;) {
            }
            is_answered_at_once = sets->note(phone);
        });
        bool is_removed = false;
        {
            for (++ready; ready != 2;) {
            }
            const set_counter::removal removing(*sets);
            is_removed = sets->of(phone) == sent;
            setting.join();  // what was removed is seen as such only now
        }
        BOOST_TEST_REQUIRE(!(is_removed && is_answered_at_once));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
