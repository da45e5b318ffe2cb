// "Devices": what a revocation takes along.

#include "persistence/registry/tokens.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace pusherd::persistence {
namespace {

using testing::set_of;

struct alice_with_pushers : testing::scratch_store {
    testing::session phone = log_in("@alice:h", "PHONE");
    testing::session tablet = log_in("@alice:h", "TABLET");
    testing::session nowhere = log_in("@alice:h");
    testing::session bob = log_in("@bob:h", "PHONE");

    alice_with_pushers() {
        (void)set(phone, set_of("phone"));
        (void)set(tablet, set_of("tablet"));
        (void)set(nowhere, set_of("nowhere"));
        (void)set(phone, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}));
        (void)set(bob, set_of("bobs"));
    }

    ~alice_with_pushers() { BOOST_TEST(testing::faults_of(db()).empty()); }

    // The pushkeys of the user, in order.
    std::string left(std::string_view user_id) {
        std::string keys;
        for (const auto& each : testing::stored_pushers(db(), user_id)) {
            const std::size_t begin = each.shown.find("\"pushkey\":\"") + 11;
            keys += each.shown.substr(begin, each.shown.find('"', begin) - begin) + ' ';
        }
        return keys;
    }

    bool is_valid(const testing::session& by) {
        return store().open_reader()->authenticate(sha256(by.token)).has_value();
    }
};

void check(const revocation& done, std::uint64_t tokens, std::uint64_t pushers) {
    BOOST_TEST(done.tokens == tokens);
    BOOST_TEST(done.pushers == pushers);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(revocations, alice_with_pushers)

BOOST_AUTO_TEST_CASE(the_last_token_of_a_device_takes_the_devices_http_pushers) {
    check(revoke_token(db(), phone.who.token).value(), 1, 1);
    BOOST_TEST(!is_valid(phone));
    BOOST_TEST(is_valid(tablet));
    BOOST_TEST(left("@alice:h") == "tablet nowhere a@b ");
    BOOST_TEST(left("@bob:h") == "bobs ");
}

BOOST_AUTO_TEST_CASE(a_token_of_a_device_that_has_another_takes_no_pusher) {
    const testing::session again = log_in("@alice:h", "PHONE");
    check(revoke_token(db(), phone.who.token).value(), 1, 0);
    BOOST_TEST(is_valid(again));
    BOOST_TEST(left("@alice:h") == "phone tablet nowhere a@b ");
    check(revoke_token(db(), again.who.token).value(), 1, 1);
    BOOST_TEST(left("@alice:h") == "tablet nowhere a@b ");
}

BOOST_AUTO_TEST_CASE(a_token_without_a_device_takes_no_pusher) {
    check(revoke_token(db(), nowhere.who.token).value(), 1, 0);
    BOOST_TEST(left("@alice:h") == "phone tablet nowhere a@b ");
}

BOOST_AUTO_TEST_CASE(a_pusher_goes_with_the_device_that_set_it_last) {
    (void)set(tablet, set_of("phone"));
    check(revoke_token(db(), phone.who.token).value(), 1, 0);
    check(revoke_token(db(), tablet.who.token).value(), 1, 2);
    BOOST_TEST(left("@alice:h") == "nowhere a@b ");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_not_there_is_nothing_and_writes_nothing) {
    const auto before = testing::last_transaction(db());
    BOOST_TEST(!revoke_token(db(), sha256("guessed")).has_value());
    BOOST_TEST(testing::last_transaction(db()) == before);
    (void)revoke_token(db(), phone.who.token);
    BOOST_TEST(!revoke_token(db(), phone.who.token).has_value());
}

BOOST_AUTO_TEST_CASE(a_services_token_is_revoked_alone) {
    const auto service = testing::log_in(db(), "@alice:h", "PHONE", domain::role::service);
    check(revoke_token(db(), service.who.token).value(), 1, 0);
    BOOST_TEST(!is_valid(service));
    BOOST_TEST(is_valid(phone));
    BOOST_TEST(left("@alice:h") == "phone tablet nowhere a@b ");
}

BOOST_AUTO_TEST_CASE(a_services_token_keeps_no_device_alive) {
    const auto service = testing::log_in(db(), "@alice:h", "PHONE", domain::role::service);
    check(revoke_token(db(), phone.who.token).value(), 1, 1);
    BOOST_TEST(is_valid(service));
}

BOOST_AUTO_TEST_CASE(a_device_is_revoked_with_all_its_tokens_and_http_pushers) {
    const testing::session again = log_in("@alice:h", "PHONE");
    check(revoke_device(db(), "@alice:h", "PHONE"), 2, 1);
    BOOST_TEST(!is_valid(phone));
    BOOST_TEST(!is_valid(again));
    BOOST_TEST(is_valid(tablet));
    BOOST_TEST(is_valid(bob));
    BOOST_TEST(left("@alice:h") == "tablet nowhere a@b ");
    BOOST_TEST(left("@bob:h") == "bobs ");
}

BOOST_AUTO_TEST_CASE(a_device_without_tokens_may_still_have_pushers) {
    // As after a homeserver's import of pushers for devices whose tokens it never imported.
    {
        write_txn txn(db().env());
        txn.erase(db().all().tokens, token_key{phone.who.token});
        txn.erase(db().all().sessions, session_of(phone.who.token, "@alice:h", "PHONE"));
        txn.commit();
    }
    check(revoke_device(db(), "@alice:h", "PHONE"), 0, 1);
    BOOST_TEST(left("@alice:h") == "tablet nowhere a@b ");
}

BOOST_AUTO_TEST_CASE(a_user_is_revoked_with_all_tokens_and_http_pushers_and_keeps_email_pushers) {
    check(revoke_user(db(), "@alice:h"), 3, 3);
    for (const auto* each : {&phone, &tablet, &nowhere}) BOOST_TEST(!is_valid(*each));
    BOOST_TEST(is_valid(bob));
    BOOST_TEST(left("@alice:h") == "a@b ");
    BOOST_TEST(left("@bob:h") == "bobs ");
}

BOOST_AUTO_TEST_CASE(a_removed_user_leaves_nothing) {
    check(remove_user(db(), "@alice:h"), 3, 4);
    BOOST_TEST(!is_valid(phone));
    BOOST_TEST(left("@alice:h").empty());
    BOOST_TEST(left("@bob:h") == "bobs ");
    const auto users = snapshot_reader(db().env())([&](const read_txn& txn) { return txn.count(db().all().users); });
    BOOST_TEST(users == 1U);
}

BOOST_AUTO_TEST_CASE(who_or_what_is_not_there_gives_zeros_and_writes_nothing) {
    const auto before = testing::last_transaction(db());
    check(revoke_user(db(), "@nobody:h"), 0, 0);
    check(remove_user(db(), "@nobody:h"), 0, 0);
    check(revoke_device(db(), "@alice:h", "WATCH"), 0, 0);
    check(revoke_device(db(), "@nobody:h", "PHONE"), 0, 0);
    BOOST_TEST(testing::last_transaction(db()) == before);
}

BOOST_AUTO_TEST_CASE(each_revocation_is_one_transaction) {
    const auto transactions = [&](auto&& revoke) {
        const auto before = testing::last_transaction(db());
        revoke();
        return testing::last_transaction(db()) - before;
    };
    BOOST_TEST(transactions([&] { (void)revoke_token(db(), phone.who.token); }) == 1U);
    BOOST_TEST(transactions([&] { (void)revoke_device(db(), "@alice:h", "TABLET"); }) == 1U);
    BOOST_TEST(transactions([&] { (void)revoke_user(db(), "@alice:h"); }) == 1U);
    BOOST_TEST(transactions([&] { (void)remove_user(db(), "@bob:h"); }) == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_revocation_removed_can_be_registered_by_others_without_a_trace) {
    (void)revoke_token(db(), phone.who.token);
    BOOST_TEST(set(bob, set_of("phone")) == "created");
    BOOST_TEST(set(bob, set_of("phone")) == "unchanged");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
