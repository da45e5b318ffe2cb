// "What a list shows": oldest registration first. And the times that are stored with it.

#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

struct alice_with_three : testing::scratch_store {
    testing::session alice = log_in("@alice:h", "PHONE");
    testing::session bob = log_in("@bob:h");

    alice_with_three() {
        for (const auto& [key, now] : {std::pair{"1", 10}, {"2", 20}, {"3", 30}}) (void)set(alice, set_of(key), now);
    }

    [[nodiscard]] testing::stored_pusher stored(std::size_t at) {
        return testing::stored_pushers(db(), "@alice:h").at(at);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(list_order, alice_with_three)

BOOST_AUTO_TEST_CASE(the_oldest_registration_is_first) {
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 ");
    (void)set(alice, set_of("0"));
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 0 ");
}

BOOST_AUTO_TEST_CASE(an_update_keeps_its_place) {
    BOOST_TEST(set(alice, set_of("1", {.lang = "de"})) == "updated");
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 ");
    BOOST_TEST(set(alice, set_of("2", {.lang = "de", .append = true})) == "updated");
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 ");
}

BOOST_AUTO_TEST_CASE(one_that_moves_to_another_device_keeps_its_place) {
    BOOST_TEST(set(log_in("@alice:h", "TABLET"), set_of("1")) == "updated");
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 ");
}

BOOST_AUTO_TEST_CASE(one_that_evicts_another_users_keeps_its_place) {
    (void)set(bob, set_of("1", {.append = true}));
    BOOST_TEST(set(alice, set_of("1")) == "updated");
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 ");
}

BOOST_AUTO_TEST_CASE(one_that_was_deleted_and_is_set_again_goes_last) {
    (void)set(alice, removal_of("1"));
    BOOST_TEST(pushkeys_of(alice) == "2 3 ");
    BOOST_TEST(set(alice, set_of("1")) == "created");
    BOOST_TEST(pushkeys_of(alice) == "2 3 1 ");
}

BOOST_AUTO_TEST_CASE(one_that_was_evicted_and_is_set_again_goes_last) {
    (void)set(bob, set_of("2"));
    BOOST_TEST(pushkeys_of(alice) == "1 3 ");
    BOOST_TEST(set(alice, set_of("2")) == "created");
    BOOST_TEST(pushkeys_of(alice) == "1 3 2 ");
    BOOST_TEST(pushkeys_of(bob).empty());
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_does_not_change_the_order) {
    (void)set(alice, set_of("0"), 5);
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 0 ");
}

BOOST_AUTO_TEST_CASE(a_new_pusher_was_created_and_updated_when_its_set_came_in) {
    BOOST_TEST(stored(1).created == 20);
    BOOST_TEST(stored(1).updated == 20);
}

BOOST_AUTO_TEST_CASE(an_update_keeps_the_time_of_the_creation) {
    (void)set(alice, set_of("2", {.lang = "de"}), 50);
    BOOST_TEST(stored(1).created == 20);
    BOOST_TEST(stored(1).updated == 50);
    BOOST_TEST(stored(0).updated == 10);
}

BOOST_AUTO_TEST_CASE(a_move_to_another_device_is_an_update) {
    (void)set(log_in("@alice:h", "TABLET"), set_of("2"), 50);
    BOOST_TEST(stored(1).created == 20);
    BOOST_TEST(stored(1).updated == 50);
}

BOOST_AUTO_TEST_CASE(a_set_that_changes_nothing_leaves_the_times) {
    (void)set(alice, set_of("2"), 50);
    BOOST_TEST(stored(1).updated == 20);
}

BOOST_AUTO_TEST_CASE(one_that_is_set_again_after_a_delete_is_new) {
    (void)set(alice, removal_of("2"), 50);
    (void)set(alice, set_of("2"), 60);
    BOOST_TEST(stored(2).created == 60);
    BOOST_TEST(stored(2).updated == 60);
}

BOOST_AUTO_TEST_CASE(who_is_left_after_an_eviction_keeps_times_and_devices) {
    (void)set(bob, set_of("1"), 50);
    BOOST_TEST(stored(0).created == 20);
    BOOST_TEST(stored(0).updated == 20);
    BOOST_TEST(stored(0).device_id == "PHONE");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
