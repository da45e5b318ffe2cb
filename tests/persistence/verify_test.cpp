// Damage of every kind, made behind the store's back, is found.

#include "persistence/registry/verify.hpp"

#include "persistence/records/bytes.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::persistence {
namespace {

using testing::set_of;
using raw_table = table<meta_key, meta_record>;  // any key, any bytes

struct populated : testing::scratch_store {
    testing::session alice = log_in("@alice:h", "PHONE");
    testing::session bob = log_in("@bob:h");
    testing::session service = testing::log_in(db(), "homeserver", "", domain::role::service);

    populated() {
        (void)set(alice, set_of("1"));
        (void)set(alice, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}));
        (void)set(bob, set_of("1", {.append = true}));
    }

    static digest128 key_of(std::string_view pushkey) { return digest_of(domain::key_of(set_of(pushkey))); }

    void damage(const std::function<void(write_txn&, const tables&)>& change) {
        write_txn txn(db().env());
        change(txn, db().all());
        txn.commit();
    }

    // Changes the first pusher of a user.
    void damage_pusher(std::string_view user_id, const std::function<void(registration&)>& change) {
        damage([&](write_txn& txn, const tables& all) {
            const std::string bytes(txn.find(all.users, user_key{user_id})->bytes());
            auto pushers = user_record::decode(bytes).registrations();
            change(pushers.front());
            txn.put(all.users, user_key{user_id}, user_record::encode(pushers));
        });
    }

    // A fault is found, and each is told in one line; the first of the table names it.
    void check_found(std::string_view table) {
        const auto faults = testing::faults_of(db());
        BOOST_REQUIRE(!faults.empty());
        bool names_table = false;
        for (const std::string& each : faults) {
            BOOST_TEST(each.find('\n') == std::string::npos);
            names_table = names_table || each.starts_with(table);
        }
        BOOST_TEST(names_table, faults.front());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(verifying, populated)

BOOST_AUTO_TEST_CASE(a_sound_database_has_no_faults_and_is_counted) {
    const verification found = verify(db(), [](std::string_view fault) { BOOST_ERROR(fault); });
    BOOST_TEST(found.users == 2U);
    BOOST_TEST(found.pushers == 3U);
    BOOST_TEST(found.tokens == 3U);
    BOOST_TEST(found.unfinished == 0U);
    BOOST_TEST(found.faults == 0U);
}

BOOST_AUTO_TEST_CASE(pushers_with_any_text_are_sound) {
    const domain::pusher odd{.key = {"app \"\\\x01\xc3\xbc", "k\n\t,{}[]"},
                             .kind = domain::pusher_kind::http,
                             .app_display_name = "\xf0\x9f\x98\x80",
                             .device_display_name = "",
                             .lang = "",
                             .profile_tag = "",
                             .data = R"({"n":1e99999999999,"m":12345678901234567890123,"\u0041":"\ud83d\ude00"})"};
    BOOST_TEST(set(alice, domain::upsert{odd.key, odd.kind, domain::show(odd), false, {}}) == "created");
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(a_pusher_that_the_index_of_holders_does_not_know_is_found) {
    damage([&](write_txn& txn, const tables& all) { txn.erase(all.holders, holder_key{key_of("1"), "@bob:h"}); });
    check_found("users @bob:h");
}

BOOST_AUTO_TEST_CASE(a_holder_without_the_pusher_is_found) {
    damage([&](write_txn& txn, const tables& all) { txn.put(all.holders, holder_key{key_of("2"), "@bob:h"}, ""); });
    check_found("holders");
}

BOOST_AUTO_TEST_CASE(a_holder_without_a_record_is_found) {
    damage([&](write_txn& txn, const tables& all) { txn.put(all.holders, holder_key{key_of("1"), "@carol:h"}, ""); });
    check_found("holders");
}

BOOST_AUTO_TEST_CASE(a_holder_without_a_user_is_found) {
    damage([&](write_txn& txn, const tables& all) { txn.put(all.holders, holder_key{key_of("1"), ""}, ""); });
    check_found("holders");
}

BOOST_AUTO_TEST_CASE(a_holder_that_is_cut_off_is_found) {
    damage([](write_txn& txn, const tables& all) { txn.put(raw_table{all.holders.handle}, meta_key{"short"}, ""); });
    check_found("holders");
}

BOOST_AUTO_TEST_CASE(a_users_record_that_does_not_decode_is_found) {
    const auto whole = snapshot_reader(db().env())(
        [&](const read_txn& txn) { return std::string(txn.find(db().all().users, user_key{"@alice:h"})->bytes()); });
    for (const std::string& bytes : {std::string(), std::string("\x01"), whole + 'x', whole.substr(0, whole.size() - 1),
                                     '\x01' + whole.substr(1), '\x03' + whole.substr(1)}) {
        damage([&](write_txn& txn, const tables& all) { txn.put(all.users, user_key{"@alice:h"}, bytes); });
        check_found("users @alice:h");
    }
    damage([&](write_txn& txn, const tables& all) { txn.put(all.users, user_key{"@alice:h"}, whole); });
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(a_record_without_pushers_is_found) {
    damage(
        [](write_txn& txn, const tables& all) { txn.put(all.users, user_key{"@carol:h"}, user_record::encode({})); });
    check_found("users @carol:h");
}

BOOST_AUTO_TEST_CASE(a_record_of_what_is_no_user_is_found_and_told_in_one_line) {
    damage([&](write_txn& txn, const tables& all) {
        const std::string bytes(txn.find(all.users, user_key{"@bob:h"})->bytes());
        txn.put(all.users, user_key{"no\nuser"}, bytes);
        txn.put(all.holders, holder_key{key_of("1"), "no\nuser"}, "");
    });
    check_found("users");
    BOOST_TEST(testing::faults_of(db()).size() == 1U);
}

// With a pusher's digest in front, such a user id makes a longer key than LMDB takes.
BOOST_AUTO_TEST_CASE(a_record_of_a_user_with_the_longest_of_keys_is_found) {
    const std::string user_id = "@" + std::string(max_key_bytes - 3, 'x') + ":h";
    damage([&](write_txn& txn, const tables& all) {
        const std::string bytes(txn.find(all.users, user_key{"@bob:h"})->bytes());
        txn.put(all.users, user_key{user_id}, bytes);
    });
    check_found("users " + user_id);
}

BOOST_AUTO_TEST_CASE(a_pusher_under_another_key_than_it_shows_is_found) {
    damage_pusher("@bob:h", [&](registration& pusher) { pusher.key = key_of("2"); });
    check_found("users @bob:h");
}

BOOST_AUTO_TEST_CASE(a_pusher_that_shows_another_key_is_found) {
    const auto other = std::get<domain::upsert>(set_of("2"));
    damage_pusher("@bob:h", [&](registration& pusher) { pusher.shown = other.shown; });
    check_found("users @bob:h");
}

BOOST_AUTO_TEST_CASE(a_pusher_of_another_kind_than_it_shows_is_found) {
    damage_pusher("@bob:h", [](registration& pusher) { pusher.kind = domain::pusher_kind::email; });
    check_found("users @bob:h");
}

BOOST_AUTO_TEST_CASE(a_pusher_that_is_no_json_object_is_found) {
    for (const std::string_view shown : {"", "[]", "null", "{", "{}x", "\xff"}) {
        damage_pusher("@bob:h", [&](registration& pusher) { pusher.shown = shown; });
        check_found("users @bob:h");
    }
}

BOOST_AUTO_TEST_CASE(the_same_pusher_twice_is_found) {
    damage([](write_txn& txn, const tables& all) {
        const std::string bytes(txn.find(all.users, user_key{"@alice:h"})->bytes());
        auto pushers = user_record::decode(bytes).registrations();
        pushers.push_back(pushers.front());
        txn.put(all.users, user_key{"@alice:h"}, user_record::encode(pushers));
    });
    check_found("users @alice:h");
}

BOOST_AUTO_TEST_CASE(a_token_that_the_index_of_sessions_does_not_know_is_found) {
    damage([&](write_txn& txn, const tables& all) {
        txn.erase(all.sessions, session_of(alice.who.token, "@alice:h", "PHONE"));
    });
    check_found("tokens");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_filed_under_another_device_is_found_in_both_tables) {
    damage([&](write_txn& txn, const tables& all) {
        txn.erase(all.sessions, session_of(alice.who.token, "@alice:h", "PHONE"));
        txn.put(all.sessions, session_of(alice.who.token, "@alice:h", "TABLET"), "");
    });
    check_found("tokens");
    check_found("sessions");
}

BOOST_AUTO_TEST_CASE(a_session_without_a_token_is_found) {
    damage([&](write_txn& txn, const tables& all) { txn.erase(all.tokens, token_key{alice.who.token}); });
    check_found("sessions");
}

BOOST_AUTO_TEST_CASE(a_session_that_is_cut_off_is_found) {
    damage([](write_txn& txn, const tables& all) { txn.put(raw_table{all.sessions.handle}, meta_key{"short"}, ""); });
    check_found("sessions");
}

BOOST_AUTO_TEST_CASE(a_token_that_does_not_decode_is_found) {
    const std::string whole = token_record{.user_id = "@alice:h", .device_id = "PHONE"}.encode();
    for (const std::string& bytes : {std::string(), whole.substr(0, 10), '\x02' + whole.substr(1)}) {
        damage([&](write_txn& txn, const tables& all) { txn.put(all.tokens, token_key{alice.who.token}, bytes); });
        check_found("tokens");
    }
}

BOOST_AUTO_TEST_CASE(a_token_under_what_is_no_digest_is_found) {
    for (const std::size_t size : {5U, 31U, 33U, 100U}) {
        damage([&](write_txn& txn, const tables& all) {
            txn.put(raw_table{all.tokens.handle}, meta_key{std::string(size, 'x')},
                    token_record{.user_id = "@alice:h", .device_id = {}}.encode());
        });
        check_found("tokens");
        damage([&](write_txn& txn, const tables& all) {
            txn.erase(raw_table{all.tokens.handle}, meta_key{std::string(size, 'x')});
        });
    }
}

BOOST_AUTO_TEST_CASE(a_token_of_what_is_no_user_is_found) {
    damage([](write_txn& txn, const tables& all) {
        const domain::token_digest digest = sha256("t");
        txn.put(all.tokens, token_key{digest}, token_record{.user_id = "nobody", .device_id = {}}.encode());
        txn.put(all.sessions, session_of(digest, "nobody", ""), "");
    });
    check_found("tokens");
}

BOOST_AUTO_TEST_CASE(an_import_that_does_not_decode_is_found) {
    damage([](write_txn& txn, const tables& all) { txn.put(all.imports, import_key{1}, "x"); });
    check_found("imports");
}

BOOST_AUTO_TEST_CASE(an_import_under_what_is_no_number_is_found) {
    damage([](write_txn& txn, const tables& all) {
        txn.put(raw_table{all.imports.handle}, meta_key{"abc"}, import_record{}.encode());
    });
    check_found("imports");
}

BOOST_AUTO_TEST_CASE(a_session_of_a_services_token_is_found) {
    damage([&](write_txn& txn, const tables& all) {
        txn.put(all.sessions, session_of(service.who.token, "homeserver", ""), "");
    });
    check_found("sessions");
}

BOOST_AUTO_TEST_CASE(an_entry_about_the_database_that_does_not_decode_is_found) {
    for (const std::string_view name : {"map-size", "last-import"}) {
        damage([&](write_txn& txn, const tables& all) { txn.put(all.meta, meta_key{name}, "x"); });
        check_found("meta");
        damage([&](write_txn& txn, const tables& all) { txn.erase(all.meta, meta_key{name}); });
    }
}

BOOST_AUTO_TEST_CASE(several_faults_are_all_told) {
    damage([&](write_txn& txn, const tables& all) {
        txn.erase(all.holders, holder_key{key_of("1"), "@bob:h"});
        txn.erase(all.holders, holder_key{key_of("1"), "@alice:h"});
        txn.erase(all.tokens, token_key{alice.who.token});
    });
    BOOST_TEST(testing::faults_of(db()).size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
