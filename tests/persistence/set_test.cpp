// A set through the store: what it does to one's own pushers, and what to those of others.

#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

struct three_users : testing::scratch_store {
    testing::session alice = log_in("@alice:h");
    testing::session bob = log_in("@bob:h");
    testing::session carol = log_in("@carol:h");

    ~three_users() { BOOST_TEST(testing::faults_of(db()).empty()); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sets, three_users)

BOOST_AUTO_TEST_CASE(a_pusher_is_created_updated_left_deleted_and_absent) {
    BOOST_TEST(set(alice, set_of("k")) == "created");
    BOOST_TEST(set(alice, set_of("k")) == "unchanged");
    BOOST_TEST(set(alice, set_of("k", {.lang = "de"})) == "updated");
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(set(alice, removal_of("k")) == "deleted");
    BOOST_TEST(pushkeys_of(alice).empty());
    BOOST_TEST(set(alice, removal_of("k")) == "absent");
    BOOST_TEST(set(alice, set_of("k")) == "created");
}

BOOST_AUTO_TEST_CASE(a_list_shows_the_bytes_that_were_set) {
    const auto one = std::get<domain::upsert>(set_of("1"));
    const auto two = std::get<domain::upsert>(set_of("2", {.lang = "de"}));
    BOOST_TEST(testing::items_of(store(), alice).empty());
    BOOST_TEST(set(alice, one) == "created");
    BOOST_TEST(testing::items_of(store(), alice) == testing::listed(one));
    BOOST_TEST(set(alice, two) == "created");
    BOOST_TEST(testing::items_of(store(), alice) == testing::listed(one) + ',' + testing::listed(two));
}

BOOST_AUTO_TEST_CASE(an_update_replaces_every_field_and_the_kind) {
    BOOST_TEST(set(alice, set_of("a@b", {.app_id = "m.email"})) == "created");
    const auto email = std::get<domain::upsert>(
        set_of("a@b", {.lang = "de", .kind = domain::pusher_kind::email, .app_id = "m.email"}));
    BOOST_TEST(set(alice, email) == "updated");
    const auto stored = testing::stored_pushers(db(), "@alice:h");
    BOOST_REQUIRE_EQUAL(stored.size(), 1U);
    BOOST_TEST(stored[0].shown == email.shown);
    BOOST_TEST((stored[0].kind == domain::pusher_kind::email));
}

BOOST_AUTO_TEST_CASE(pushers_with_the_same_pushkey_and_another_app_are_others) {
    BOOST_TEST(set(alice, set_of("k", {.app_id = "one"})) == "created");
    BOOST_TEST(set(alice, set_of("k", {.app_id = "two"})) == "created");
    BOOST_TEST(set(bob, set_of("k", {.app_id = "three"})) == "created");
    BOOST_TEST(pushkeys_of(alice) == "k k ");
    BOOST_TEST(set(alice, removal_of("k", "one")) == "deleted");
    BOOST_TEST(set(alice, removal_of("k", "three")) == "absent");
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(pushkeys_of(bob) == "k ");
}

BOOST_AUTO_TEST_CASE(without_append_the_key_goes_from_every_other_user_and_nothing_else_does) {
    for (const auto* user : {&alice, &bob}) {
        (void)set(*user, set_of("before"), 1);
        (void)set(*user, set_of("k", {.append = true}));
        (void)set(*user, set_of(user->who.user_id));
    }
    (void)set(alice, set_of("before", {.append = true}));
    BOOST_TEST(set(carol, set_of("k")) == "created");
    BOOST_TEST(pushkeys_of(alice) == "@alice:h before ");
    BOOST_TEST(pushkeys_of(bob) == "before @bob:h ");
    BOOST_TEST(pushkeys_of(carol) == "k ");
}

BOOST_AUTO_TEST_CASE(with_append_the_pushers_of_others_stay) {
    BOOST_TEST(set(alice, set_of("k")) == "created");
    BOOST_TEST(set(bob, set_of("k", {.append = true})) == "created");
    BOOST_TEST(set(carol, set_of("k", {.append = true})) == "created");
    BOOST_TEST(set(carol, set_of("k", {.append = true})) == "unchanged");
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(pushkeys_of(bob) == "k ");
    BOOST_TEST(pushkeys_of(carol) == "k ");
}

BOOST_AUTO_TEST_CASE(a_set_that_evicts_and_changes_nothing_else_is_an_update) {
    (void)set(alice, set_of("k"));
    (void)set(bob, set_of("k", {.append = true}));
    (void)set(carol, set_of("k", {.append = true}));
    BOOST_TEST(set(alice, set_of("k")) == "updated");
    BOOST_TEST(set(alice, set_of("k")) == "unchanged");
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(pushkeys_of(bob).empty());
    BOOST_TEST(pushkeys_of(carol).empty());
}

BOOST_AUTO_TEST_CASE(an_eviction_takes_the_pusher_of_any_kind) {
    (void)set(alice, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}));
    BOOST_TEST(set(bob, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"})) == "created");
    BOOST_TEST(pushkeys_of(alice).empty());
}

BOOST_AUTO_TEST_CASE(a_delete_touches_nobody_elses) {
    (void)set(alice, set_of("k"));
    (void)set(bob, set_of("k", {.append = true}));
    BOOST_TEST(set(alice, removal_of("k")) == "deleted");
    BOOST_TEST(set(carol, removal_of("k")) == "absent");
    BOOST_TEST(pushkeys_of(bob) == "k ");
}

BOOST_AUTO_TEST_CASE(keys_of_the_greatest_size_are_kept_apart_to_the_last_byte) {
    const testing::session longest = log_in('@' + std::string(242, 'u') + ":example.org", std::string(255, 'd'));
    BOOST_REQUIRE_EQUAL(longest.who.user_id.size(), 255U);
    const std::string app_id(256, 'a');
    const std::string one = std::string(511, 'k') + '1';
    const std::string two = std::string(511, 'k') + '2';
    BOOST_TEST(set(longest, set_of(one, {.app_id = app_id})) == "created");
    BOOST_TEST(set(longest, set_of(two, {.app_id = app_id})) == "created");
    BOOST_TEST(set(bob, set_of(one, {.app_id = app_id})) == "created");
    BOOST_TEST(pushkeys_of(longest) == two + ' ');
    BOOST_TEST(testing::stored_pushers(db(), longest.who.user_id).at(0).device_id == std::string(255, 'd'));
}

BOOST_AUTO_TEST_CASE(pushkeys_that_json_escapes_are_found_again) {
    for (const std::string key : {"\"", "\\", "\n", "\x7f", "ü", "a\",\"b", "{\"app_id\":\"x\""}) {
        BOOST_TEST_CONTEXT(key) {
            BOOST_TEST(set(alice, set_of(key)) == "created");
            BOOST_TEST(set(alice, set_of(key)) == "unchanged");
            BOOST_TEST(set(bob, set_of(key)) == "created");
            BOOST_TEST(set(alice, removal_of(key)) == "absent");
            BOOST_TEST(set(bob, removal_of(key)) == "deleted");
        }
    }
}

BOOST_AUTO_TEST_CASE(users_whose_ids_begin_alike_are_kept_apart) {
    const testing::session longer = log_in("@alice:h.org");
    (void)set(alice, set_of("k"));
    (void)set(longer, set_of("other"));
    BOOST_TEST(set(alice, removal_of("other")) == "absent");
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(pushkeys_of(longer) == "other ");
}

BOOST_AUTO_TEST_CASE(two_sessions_of_a_user_have_the_same_pushers) {
    const testing::session tablet = log_in("@alice:h", "TABLET");
    (void)set(alice, set_of("k"));
    BOOST_TEST(pushkeys_of(tablet) == "k ");
    BOOST_TEST(set(tablet, removal_of("k")) == "deleted");
    BOOST_TEST(pushkeys_of(alice).empty());
}

// MSC3881, on a real store: from afar, and the app that refreshes its pusher at start.
BOOST_AUTO_TEST_CASE(a_pusher_is_disabled_from_another_device_and_stays_so_until_it_is_enabled) {
    const auto phone = log_in("@alice:h", "PHONE");
    const auto web = log_in("@alice:h", "WEB");
    const auto one = std::get<domain::upsert>(set_of("k"));
    const domain::enabled_wish off{.stable = true, .unstable = false};
    BOOST_TEST(set(phone, one) == "created");
    BOOST_TEST(testing::items_of(store(), web) == testing::listed(one, true, "PHONE"));
    BOOST_TEST(set(web, set_of("k", {.enabled = off})) == "updated");
    BOOST_TEST(testing::items_of(store(), web) == testing::listed(one, false, "PHONE"));
    BOOST_TEST(set(phone, one) == "unchanged");
    BOOST_TEST(set(phone, set_of("k", {.lang = "de"})) == "updated");
    BOOST_TEST(set(phone, one) == "updated");
    BOOST_TEST(testing::items_of(store(), web) == testing::listed(one, false, "PHONE"));
    BOOST_TEST(set(web, set_of("k", {.enabled = {.stable = true}})) == "updated");
    BOOST_TEST(set(web, set_of("k", {.enabled = {.stable = true}})) == "unchanged");
    BOOST_TEST(testing::items_of(store(), web) == testing::listed(one, true, "PHONE"));
    BOOST_TEST(set(web, one) == "updated");
    BOOST_TEST(testing::items_of(store(), web) == testing::listed(one, true, "WEB"));
}

BOOST_AUTO_TEST_CASE(a_pusher_that_is_deleted_and_set_again_is_enabled) {
    BOOST_TEST(set(alice, set_of("k", {.enabled = {.unstable = false}})) == "created");
    BOOST_TEST(!testing::stored_pushers(db(), "@alice:h").at(0).enabled);
    BOOST_TEST(set(alice, removal_of("k")) == "deleted");
    BOOST_TEST(set(alice, set_of("k")) == "created");
    BOOST_TEST(testing::stored_pushers(db(), "@alice:h").at(0).enabled);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
