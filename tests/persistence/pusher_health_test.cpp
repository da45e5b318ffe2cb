// What a user sees of whether pushers work, as it is read from the disk.

#include "tests/support/poked_store.hpp"

#include <boost/test/unit_test.hpp>

namespace pusherd::persistence {
namespace {

using testing::event;
using testing::hour;
using testing::noon;
using testing::result_of;
using testing::set_of;
using what = domain::poke_result::what;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(health_on_disk, testing::poked_store)

BOOST_AUTO_TEST_CASE(who_has_no_pushers_has_nothing_to_see) {
    BOOST_TEST(health().pushers.empty());
    BOOST_TEST(health().tombstones.empty());
}

BOOST_AUTO_TEST_CASE(pushers_are_shown_in_the_order_of_a_list_also_those_of_which_nothing_is_known) {
    (void)set(alice, set_of("phone"), noon);
    (void)set(alice, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}), noon + 1);
    (void)set(alice, set_of("off", {.enabled = {.stable = false}}), noon + 2);
    (void)set(log_in("@bob:h"), set_of("bobs"));
    const auto all = health().pushers;
    BOOST_TEST_REQUIRE(all.size() == 3U);
    BOOST_TEST(all[0].key.app_id == "org.example.app");
    BOOST_TEST(all[0].key.pushkey == "phone");
    BOOST_TEST(all[0].enabled);
    BOOST_TEST(all[0].queued == 0U);
    BOOST_TEST(all[1].key.pushkey == "a@b");
    BOOST_CHECK(all[1].kind == domain::pusher_kind::email);
    BOOST_TEST(!all[2].enabled);
    BOOST_CHECK(condition_of(all[2]) == domain::pusher_condition::disabled);
}

BOOST_AUTO_TEST_CASE(what_is_known_of_a_pusher_is_shown) {
    (void)set(alice, set_of("phone"));
    (void)notify(event("$1"));
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::idle);
    BOOST_TEST(health_of().queued == 1U);
    (void)record(result_of(oldest().at(0), what::delivered, noon + 1));
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::ok);
    (void)notify(event("$2"));
    auto failed = result_of(oldest().at(0), what::failed, noon + 2);
    failed.failure = {domain::failure_kind::timeout, 0, "it took too long"};
    (void)record(failed);
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::failing);
    BOOST_TEST(health_of().failure.text == "it took too long");
    failed.failure = {domain::failure_kind::blocked, 0, "no"};
    (void)record(failed);
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::blocked);
}

BOOST_AUTO_TEST_CASE(a_pusher_that_is_set_again_begins_anew_once_it_was_removed) {
    (void)set(alice, set_of("phone"));
    (void)notify(event("$1"));
    (void)record(result_of(oldest().at(0), what::delivered));
    (void)set(alice, set_of("phone", {.lang = "de"}), noon + 1);
    BOOST_TEST(health_of().sent == 1U);
    (void)set(alice, testing::removal_of("phone"));
    (void)set(alice, set_of("phone"));
    BOOST_TEST(health_of().sent == 0U);
    BOOST_CHECK(condition_of(health_of()) == domain::pusher_condition::idle);
}

BOOST_AUTO_TEST_CASE(who_was_rejected_is_shown_for_thirty_days_or_until_it_is_set_again) {
    (void)set(alice, set_of("phone"));
    (void)notify(event("$1"));
    (void)record(result_of(oldest().at(0), what::rejected, noon));
    BOOST_TEST(health().pushers.empty());
    BOOST_TEST(health(noon + 30 * 24 * hour).tombstones.size() == 1U);
    BOOST_TEST(health(noon + 30 * 24 * hour + 1).tombstones.empty());
    (void)set(alice, set_of("phone"), noon + 1);
    BOOST_TEST(health().pushers.size() == 1U);
    BOOST_TEST(health().tombstones.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
