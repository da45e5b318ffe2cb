// "Past --max-pushers, or 256 KiB of pushers": refused, and nobody was evicted; updates and deletes still pass.

#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

struct alice_and_bob : testing::scratch_store {
    testing::session alice = log_in("@alice:h");
    testing::session bob = log_in("@bob:h");
};

std::size_t shown_size(const domain::set_command& command) { return std::get<domain::upsert>(command).shown.size(); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_limits, alice_and_bob)

BOOST_AUTO_TEST_CASE(a_pusher_too_many_is_refused_and_nobody_was_evicted) {
    const domain::user_limits three{.pushers = 3};
    (void)set(bob, set_of("bobs"));
    for (const char* key : {"1", "2", "3"}) BOOST_TEST(set(alice, set_of(key), 1, three) == "created");

    const auto before = testing::last_transaction(db());
    BOOST_TEST(set(alice, set_of("bobs"), 1, three) == "user_limit_exceeded");
    BOOST_TEST(set(alice, set_of("4", {.append = true}), 1, three) == "user_limit_exceeded");
    BOOST_TEST(testing::last_transaction(db()) == before);
    BOOST_TEST(pushkeys_of(alice) == "1 2 3 ");
    BOOST_TEST(pushkeys_of(bob) == "bobs ");
}

BOOST_AUTO_TEST_CASE(at_the_limit_updates_and_deletes_pass_and_make_room) {
    const domain::user_limits two{.pushers = 2};
    (void)set(alice, set_of("1"));
    (void)set(alice, set_of("2"));
    BOOST_TEST(set(alice, set_of("1", {.lang = "de"}), 1, two) == "updated");
    BOOST_TEST(set(alice, set_of("1", {.lang = "de"}), 1, two) == "unchanged");
    BOOST_TEST(set(alice, removal_of("2"), 1, two) == "deleted");
    BOOST_TEST(set(alice, set_of("3"), 1, two) == "created");
}

BOOST_AUTO_TEST_CASE(over_a_limit_that_was_lowered_updates_and_deletes_pass) {
    for (const char* key : {"1", "2", "3"}) (void)set(alice, set_of(key));
    const domain::user_limits one{.pushers = 1};
    BOOST_TEST(set(alice, set_of("2", {.lang = "de"}), 1, one) == "updated");
    BOOST_TEST(set(alice, removal_of("1"), 1, one) == "deleted");
    BOOST_TEST(set(alice, set_of("1"), 1, one) == "user_limit_exceeded");
    BOOST_TEST(pushkeys_of(alice) == "2 3 ");
}

BOOST_AUTO_TEST_CASE(the_default_is_a_hundred_pushers) {
    for (int i = 0; i < 100; ++i) BOOST_REQUIRE(set(alice, set_of(std::to_string(i))) == "created");
    BOOST_TEST(set(alice, set_of("one more")) == "user_limit_exceeded");
    BOOST_TEST(set(bob, set_of("one of bob's")) == "created");
}

BOOST_AUTO_TEST_CASE(pushers_that_would_take_too_many_bytes_are_refused_and_nobody_was_evicted) {
    const std::size_t size = shown_size(set_of("1"));
    const domain::user_limits room_for_two{.bytes = 3 * size - 1};
    (void)set(bob, set_of("3"));
    BOOST_TEST(set(alice, set_of("1"), 1, room_for_two) == "created");
    BOOST_TEST(set(alice, set_of("2"), 1, room_for_two) == "created");
    const auto before = testing::last_transaction(db());
    BOOST_TEST(set(alice, set_of("3"), 1, room_for_two) == "user_limit_exceeded");
    BOOST_TEST(testing::last_transaction(db()) == before);
    BOOST_TEST(pushkeys_of(bob) == "3 ");

    BOOST_TEST(set(alice, set_of("1", {.lang = std::string(size, 'x')}), 1, room_for_two) == "updated");
    BOOST_TEST(set(alice, removal_of("1"), 1, room_for_two) == "deleted");
    BOOST_TEST(set(alice, set_of("3"), 1, room_for_two) == "created");
}

BOOST_AUTO_TEST_CASE(a_quarter_mebibyte_of_pushers_is_stored_and_no_more) {
    const std::string large(9000, 'x');
    int created = 0;
    while (created < 100 && set(alice, set_of(std::to_string(created), {.lang = large})) == "created") ++created;
    BOOST_TEST(testing::items_of(store(), alice).size() <= 256U * 1024);
    BOOST_TEST(testing::items_of(store(), alice).size() > 256U * 1024 - 2 * large.size());
    BOOST_TEST(set(alice, set_of("small")) == "created");
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
