// "Devices": a pusher belongs to the device whose token last set it.

#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

struct alice_everywhere : testing::scratch_store {
    testing::session phone = log_in("@alice:h", "PHONE");
    testing::session tablet = log_in("@alice:h", "TABLET");
    testing::session nowhere = log_in("@alice:h");

    [[nodiscard]] std::string device_of_first() { return testing::stored_pushers(db(), "@alice:h").at(0).device_id; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(device_binding, alice_everywhere)

BOOST_AUTO_TEST_CASE(a_pusher_is_bound_to_the_device_that_set_it) {
    BOOST_TEST(set(phone, set_of("k")) == "created");
    BOOST_TEST(device_of_first() == "PHONE");
    BOOST_TEST(set(phone, set_of("k")) == "unchanged");
}

BOOST_AUTO_TEST_CASE(the_same_set_by_another_device_moves_it_there) {
    (void)set(phone, set_of("k"));
    BOOST_TEST(set(tablet, set_of("k")) == "updated");
    BOOST_TEST(device_of_first() == "TABLET");
    BOOST_TEST(set(tablet, set_of("k")) == "unchanged");
}

BOOST_AUTO_TEST_CASE(another_set_by_another_device_moves_it_there) {
    (void)set(phone, set_of("k"));
    BOOST_TEST(set(tablet, set_of("k", {.lang = "de"})) == "updated");
    BOOST_TEST(device_of_first() == "TABLET");
}

BOOST_AUTO_TEST_CASE(a_token_without_a_device_binds_to_none) {
    BOOST_TEST(set(nowhere, set_of("k")) == "created");
    BOOST_TEST(device_of_first().empty());
}

BOOST_AUTO_TEST_CASE(a_token_without_a_device_leaves_a_binding_as_it_is) {
    (void)set(phone, set_of("k"));
    BOOST_TEST(set(nowhere, set_of("k")) == "unchanged");
    BOOST_TEST(device_of_first() == "PHONE");
    BOOST_TEST(set(nowhere, set_of("k", {.lang = "de"})) == "updated");
    BOOST_TEST(device_of_first() == "PHONE");
}

BOOST_AUTO_TEST_CASE(what_belonged_to_none_moves_to_the_device_that_sets_it) {
    (void)set(nowhere, set_of("k"));
    BOOST_TEST(set(phone, set_of("k")) == "updated");
    BOOST_TEST(device_of_first() == "PHONE");
}

BOOST_AUTO_TEST_CASE(a_new_registration_remembers_no_older_binding) {
    (void)set(phone, set_of("k"));
    (void)set(phone, removal_of("k"));
    BOOST_TEST(set(nowhere, set_of("k")) == "created");
    BOOST_TEST(device_of_first().empty());
}

BOOST_AUTO_TEST_CASE(any_session_of_the_user_deletes_it) {
    (void)set(phone, set_of("k"));
    BOOST_TEST(set(tablet, removal_of("k")) == "deleted");
}

BOOST_AUTO_TEST_CASE(a_device_of_the_same_name_of_another_user_is_another) {
    const testing::session bob = log_in("@bob:h", "PHONE");
    (void)set(phone, set_of("k"));
    BOOST_TEST(set(bob, set_of("k", {.append = true})) == "created");
    BOOST_TEST(set(tablet, set_of("k", {.append = true})) == "updated");
    BOOST_TEST(testing::stored_pushers(db(), "@bob:h").at(0).device_id == "PHONE");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
