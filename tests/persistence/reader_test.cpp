// What a request needs to read: who it is, a list, and whether a set needs a write at all.

#include "persistence/registry/tokens.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <thread>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

struct alice_and_a_reader : testing::scratch_store {
    testing::session alice = log_in("@alice:h", "PHONE");
    testing::session bob = log_in("@bob:h");
    std::unique_ptr<domain::store_reader> reader = store().open_reader();

    // The answer, or `must write`.
    std::string answer_without_writing(const testing::session& by, domain::set_command what,
                                       const domain::user_limits& limits = {}) {
        const std::uint64_t before = testing::last_transaction(db());
        testing::awaited_set request(by, std::move(what), 1, limits);
        const bool answered = reader->answer_without_writing(request);
        BOOST_TEST(testing::last_transaction(db()) == before);
        return answered ? testing::to_text(request.answer) : "must write";
    }
};

class never_visited final : public domain::list_visitor {
public:
    void visit(std::string_view) override { BOOST_ERROR("nothing is to be shown"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(readers, alice_and_a_reader)

BOOST_AUTO_TEST_CASE(a_token_tells_whose_it_is) {
    const auto who = reader->authenticate(sha256(alice.token));
    BOOST_REQUIRE(who.has_value());
    BOOST_TEST(who->user_id == "@alice:h");
    BOOST_TEST(who->device_id == "PHONE");
    BOOST_TEST((who->who == domain::role::user));
    BOOST_TEST((who->token == alice.who.token));
    BOOST_TEST(reader->authenticate(sha256(bob.token)).value().device_id.empty());
}

BOOST_AUTO_TEST_CASE(each_role_is_told) {
    const auto admin = testing::log_in(db(), "@admin:h", "", domain::role::admin);
    const auto service = testing::log_in(db(), "homeserver", "", domain::role::service);
    BOOST_TEST((reader->authenticate(sha256(admin.token)).value().who == domain::role::admin));
    BOOST_TEST((reader->authenticate(sha256(service.token)).value().who == domain::role::service));
    BOOST_TEST(reader->authenticate(sha256(service.token)).value().user_id == "homeserver");
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_nobodys) {
    for (const std::string& text : {std::string(), std::string("x"), alice.token + "x", alice.token.substr(1),
                                    std::string(100'000, 'x'), std::string("\0", 1)})
        BOOST_TEST(!reader->authenticate(sha256(text)).has_value());
}

BOOST_AUTO_TEST_CASE(a_revoked_token_is_nobodys_from_the_next_read_on) {
    BOOST_TEST(reader->authenticate(sha256(alice.token)).has_value());
    (void)revoke_token(db(), alice.who.token);
    BOOST_TEST(!reader->authenticate(sha256(alice.token)).has_value());
    never_visited visitor;
    const auto listed = reader->list(sha256(alice.token), visitor);
    BOOST_TEST((listed.has_error() && listed.error().code == domain::errc::unknown_token));
}

BOOST_AUTO_TEST_CASE(a_user_without_pushers_has_an_empty_list) {
    BOOST_TEST(testing::items_of(store(), alice).empty());
}

BOOST_AUTO_TEST_CASE(a_list_shows_what_was_committed_before) {
    (void)set(alice, set_of("k"));
    (void)set(bob, set_of("bobs"));
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(pushkeys_of(bob) == "bobs ");
}

BOOST_AUTO_TEST_CASE(a_service_has_no_list) {
    const auto service = testing::log_in(db(), "@alice:h", "", domain::role::service);
    (void)set(alice, set_of("k"));
    never_visited visitor;
    const auto listed = reader->list(sha256(service.token), visitor);
    BOOST_TEST((listed.has_error() && listed.error().code == domain::errc::forbidden));
}

BOOST_AUTO_TEST_CASE(a_visitor_that_throws_ends_the_snapshot) {
    struct thrower final : domain::list_visitor {
        void visit(std::string_view) override { throw std::runtime_error("no"); }
    } visitor;
    BOOST_CHECK_THROW((void)reader->list(sha256(alice.token), visitor), std::runtime_error);
    db().env().change_map_size(16 * testing::mebibyte);  // would wait for ever for a snapshot that is still open
    BOOST_TEST(reader->authenticate(sha256(alice.token)).has_value());
}

BOOST_AUTO_TEST_CASE(a_set_that_would_change_nothing_is_answered_without_a_write) {
    (void)set(alice, set_of("k"));
    BOOST_TEST(answer_without_writing(alice, set_of("k")) == "unchanged");
    BOOST_TEST(answer_without_writing(alice, removal_of("absent")) == "absent");
}

BOOST_AUTO_TEST_CASE(a_set_that_is_refused_is_answered_without_a_write) {
    (void)set(alice, set_of("k"));
    BOOST_TEST(answer_without_writing(alice, set_of("2"), {.pushers = 1}) == "user_limit_exceeded");
    (void)revoke_token(db(), alice.who.token);
    BOOST_TEST(answer_without_writing(alice, set_of("k")) == "unknown_token");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_revoked_after_it_was_looked_up_sets_nothing) {
    (void)set(alice, set_of("k"));
    const testing::session seen{alice.token, reader->authenticate(sha256(alice.token)).value()};
    BOOST_TEST(answer_without_writing(seen, set_of("k")) == "unchanged");
    (void)revoke_token(db(), alice.who.token);
    BOOST_TEST(answer_without_writing(seen, set_of("k")) == "unknown_token");
    BOOST_TEST(set(seen, set_of("k", {.lang = "de"})) == "unknown_token");
}

BOOST_AUTO_TEST_CASE(no_write_has_the_number_of_a_snapshot_not_even_after_one_that_was_given_up) {
    for (const bool commits : {false, true, false, false}) {
        const auto seen = reader->authenticate(sha256(alice.token)).value().snapshot;
        std::uint64_t written = 0;
        std::thread([&] {  // who reads never writes: the locks of both have no order
            write_txn txn(db().env());
            txn.put(db().all().holders, holder_key{{}, "@alice:h"}, "");
            written = txn.id();
            if (commits) txn.commit();
        })
            .join();
        BOOST_TEST(written > seen);
    }
}

BOOST_AUTO_TEST_CASE(a_token_that_is_revoked_and_not_looked_up_again_sets_nothing_either) {
    const testing::session seen{alice.token, reader->authenticate(sha256(alice.token)).value()};
    (void)revoke_token(db(), alice.who.token);
    BOOST_TEST(set(seen, set_of("k")) == "unknown_token");
    BOOST_TEST(testing::stored_pushers(db(), "@alice:h").empty());
}

BOOST_AUTO_TEST_CASE(a_set_that_would_change_something_must_be_submitted) {
    (void)set(alice, set_of("k"));
    (void)set(bob, set_of("k", {.append = true}));
    BOOST_TEST(answer_without_writing(alice, set_of("2")) == "must write");
    BOOST_TEST(answer_without_writing(alice, set_of("k", {.lang = "de"})) == "must write");
    BOOST_TEST(answer_without_writing(alice, set_of("k")) == "must write");  // it evicts bob's
    BOOST_TEST(answer_without_writing(log_in("@alice:h", "TABLET"), set_of("k", {.append = true})) == "must write");
    BOOST_TEST(answer_without_writing(alice, removal_of("k")) == "must write");
    BOOST_TEST(pushkeys_of(alice) == "k ");
    BOOST_TEST(pushkeys_of(bob) == "k ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
