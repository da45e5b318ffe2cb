// What waits for a pusher goes with it, however that goes; and nothing else does.

#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/session_ends.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/persistence/told_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

const domain::pusher_key phone_key{"org.example.app", "phone"};

/// Each of three pushers has two pokes.
struct three_told : told_store {
    testing::session phone = log_in("@alice:h", "PHONE");
    testing::session web = log_in("@alice:h", "WEB");
    testing::session bob = log_in("@bob:h", "PHONE");

    three_told() {
        (void)set(phone, set_of("phone"));
        (void)set(web, set_of("web"));
        (void)set(bob, set_of("bobs"));
        for (const char* user : {"@alice:h", "@bob:h"}) {
            tell(user, "$1");
            tell_counts(user);
        }
        BOOST_TEST(entries() == "6 in 3");
    }

    ~three_told() { BOOST_TEST(testing::faults_of(db()).empty()); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(queues_of_removed_pushers, three_told)

BOOST_AUTO_TEST_CASE(deleted_by_its_owner) {
    BOOST_TEST(set(phone, removal_of("phone")) == "deleted");
    BOOST_TEST(entries() == "4 in 2");
    BOOST_TEST(set(phone, set_of("phone")) == "created");
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(taken_by_another_user) {
    BOOST_TEST(set(bob, set_of("phone")) == "created");
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(kept_where_another_user_has_it_as_well) {
    BOOST_TEST(set(bob, set_of("phone", {.append = true})) == "created");
    BOOST_TEST(entries() == "6 in 3");
    BOOST_TEST(set(bob, removal_of("phone")) == "deleted");
    BOOST_TEST(entries() == "6 in 3");
}

BOOST_AUTO_TEST_CASE(kept_by_an_update_and_not_by_another_kind) {
    BOOST_TEST(set(phone, set_of("phone", {.lang = "de"})) == "updated");
    BOOST_TEST(entries() == "6 in 3");
    BOOST_TEST(set(phone, set_of("phone", {.kind = domain::pusher_kind::email})) == "updated");
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(of_a_device_that_is_revoked) {
    BOOST_TEST(revoke_device(db(), "@alice:h", "PHONE").pushers == 1U);
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(of_a_device_whose_last_token_is_revoked) {
    BOOST_TEST(revoke_token(db(), web.who.token)->pushers == 1U);
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(of_a_user_whose_sessions_are_revoked) {
    BOOST_TEST(revoke_user(db(), "@alice:h").pushers == 2U);
    BOOST_TEST(entries() == "2 in 1");
}

BOOST_AUTO_TEST_CASE(of_a_user_who_is_removed) {
    BOOST_TEST(remove_user(db(), "@alice:h").pushers == 2U);
    BOOST_TEST(entries() == "2 in 1");
}

BOOST_AUTO_TEST_CASE(of_sessions_that_a_homeserver_ends) {
    change(
        [](write_txn& txn, const tables& all) { BOOST_TEST(end_device(txn, all, "@alice:h", "WEB").pushers == 1U); });
    BOOST_TEST(entries() == "4 in 2");
    change([](write_txn& txn, const tables& all) {
        BOOST_TEST(end_other_devices(txn, all, "@bob:h", {{"TABLET"}}).pushers == 1U);
    });
    BOOST_TEST(entries() == "2 in 1");
}

BOOST_AUTO_TEST_CASE(removed_by_an_administrator) {
    change([](write_txn& txn, const tables& all) {
        const std::vector<domain::pusher_key> keys{phone_key, {"org.example.app", "none"}};
        BOOST_TEST(remove_named(txn, all, "@alice:h", keys).size() == 1U);
    });
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(kept_by_an_import_and_not_by_one_of_another_kind) {
    const auto import = [&](domain::pusher_kind kind) {
        change([&](write_txn& txn, const tables& all) {
            const auto wanted = std::get<domain::upsert>(set_of("phone", {.kind = kind}));
            const registration coming{
                .key = digest_of(phone_key), .created = 5, .updated = 5, .kind = kind, .shown = wanted.shown};
            BOOST_TEST(merge_pushers(txn, all, "@alice:h", std::vector{coming}));
        });
    };
    import(domain::pusher_kind::http);
    BOOST_TEST(entries() == "6 in 3");
    import(domain::pusher_kind::email);
    BOOST_TEST(entries() == "4 in 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
