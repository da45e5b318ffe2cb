// An import that was broken off, by a crash for instance, is as if it had never been.

#include "persistence/files/data_folder.hpp"
#include "persistence/records/bytes.hpp"
#include "persistence/registry/statistics.hpp"
#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"
#include "persistence/registry/verify.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <variant>

namespace pusherd::persistence {
namespace {

constexpr std::uint32_t broken = 7;

void put_last_import(write_txn& txn, const tables& all, std::uint32_t id) {
    std::string bytes;
    append(bytes, id);
    txn.put(all.meta, meta_key{"last-import"}, bytes);
}

// What an import leaves that ended after so many tokens and so many entries of the index.
void break_off_an_import(database& db, int tokens, int sessions) {
    write_txn txn(db.env());
    const tables& all = db.all();
    put_last_import(txn, all, broken);
    for (int i = 0; i < tokens; ++i) {
        const domain::token_digest digest = sha256("staged" + std::to_string(i));
        const token_record record{.issued = 1, .import = broken, .user_id = "@a:h", .device_id = "PHONE"};
        txn.put(all.tokens, token_key{digest}, record.encode());
        if (i < sessions) txn.put(all.sessions, session_of(digest, "@a:h", "PHONE"), "");
    }
    txn.put(all.imports, import_key{broken}, import_record{static_cast<std::uint64_t>(tokens)}.encode());
    txn.commit();
}

struct broken_import : testing::scratch_store {
    testing::session valid = log_in("@a:h", "PHONE");
    broken_import() { break_off_an_import(db(), 5, 3); }
    ~broken_import() { BOOST_TEST(testing::faults_of(db()).empty()); }

    bool is_valid(std::string_view token) { return store().open_reader()->authenticate(sha256(token)).has_value(); }

    std::uint64_t listed(const std::optional<std::string>& user_id) {
        std::uint64_t count = 0;
        list_tokens(db(), user_id, [&](const domain::token_digest&, const token_record&) { ++count; });
        return count;
    }

    // `tokens sessions imports` that are in the tables, valid or not.
    std::string entries() {
        return snapshot_reader(db().env())([&](const read_txn& txn) {
            const tables& all = db().all();
            return std::to_string(txn.count(all.tokens)) + ' ' + std::to_string(txn.count(all.sessions)) + ' ' +
                   std::to_string(txn.count(all.imports));
        });
    }

    std::string import(const std::string& text) {
        std::istringstream in(text);
        const auto done = import_tokens(db(), std::get<token_file>(token_file::read(in, "")), 1);
        return std::holds_alternative<std::uint64_t>(done) ? std::to_string(std::get<std::uint64_t>(done)) : "refused";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(broken_imports, broken_import)

BOOST_AUTO_TEST_CASE(its_tokens_are_nobodys) {
    BOOST_TEST(!is_valid("staged0"));
    BOOST_TEST(!is_valid("staged4"));
    BOOST_TEST(is_valid(valid.token));
    testing::session staged = valid;
    staged.who.token = sha256("staged0");
    BOOST_TEST(set(staged, testing::set_of("k")) == "unknown_token");
}

BOOST_AUTO_TEST_CASE(its_tokens_are_not_listed_not_found_and_not_counted) {
    BOOST_TEST(listed(std::nullopt) == 1U);
    BOOST_TEST(listed("@a:h") == 1U);
    BOOST_TEST(find_tokens(db(), to_hex(as_bytes(sha256("staged0")))).empty());
    BOOST_TEST(take_statistics(db()).tokens == 1U);
}

BOOST_AUTO_TEST_CASE(its_tokens_cannot_be_revoked) {
    BOOST_TEST(!revoke_token(db(), sha256("staged0")).has_value());
    BOOST_TEST(revoke_user(db(), "@a:h").tokens == 1U);
}

BOOST_AUTO_TEST_CASE(its_tokens_keep_no_device_alive) {
    (void)set(valid, testing::set_of("k"));
    BOOST_TEST(revoke_token(db(), valid.who.token).value().pushers == 1U);
}

BOOST_AUTO_TEST_CASE(it_is_no_fault) {
    const verification found = verify(db(), [](std::string_view fault) { BOOST_ERROR(fault); });
    BOOST_TEST(found.tokens == 1U);
    BOOST_TEST(found.unfinished == 5U);
}

BOOST_AUTO_TEST_CASE(the_next_import_clears_it_away) {
    BOOST_TEST(import("t\t@b:h\n") == "1");
    BOOST_TEST(entries() == "2 2 0");
    BOOST_TEST(!is_valid("staged0"));
    BOOST_TEST(is_valid("t"));
}

BOOST_AUTO_TEST_CASE(the_same_file_can_be_imported_after_it) {
    BOOST_TEST(import("staged0\t@a:h\tPHONE\nstaged1\t@b:h\n") == "2");
    BOOST_TEST(is_valid("staged0"));
    BOOST_TEST(store().open_reader()->authenticate(sha256("staged1")).value().user_id == "@b:h");
    BOOST_TEST(entries() == "3 3 0");
}

BOOST_AUTO_TEST_CASE(it_can_be_discarded) {
    discard_broken_imports(db());
    BOOST_TEST(entries() == "1 1 0");
    BOOST_TEST(is_valid(valid.token));
    const auto before = testing::last_transaction(db());
    discard_broken_imports(db());
    BOOST_TEST(testing::last_transaction(db()) == before);
}

BOOST_AUTO_TEST_CASE(one_that_is_under_way_is_not_discarded) {
    const file_lock under_way = file_lock::try_to_take(db().folder() / "import.lock");
    discard_broken_imports(db());
    BOOST_TEST(entries() == "6 4 1");
}

BOOST_AUTO_TEST_CASE(several_are_cleared_away_together) {
    {
        write_txn txn(db().env());
        put_last_import(txn, db().all(), broken + 1);
        txn.put(db().all().imports, import_key{broken + 1}, import_record{}.encode());
        txn.commit();
    }
    discard_broken_imports(db());
    BOOST_TEST(entries() == "1 1 0");
}

BOOST_AUTO_TEST_CASE(a_finished_imports_tokens_stay) {
    BOOST_TEST(import("t\t@b:h\n") == "1");
    break_off_an_import(db(), 5, 5);
    discard_broken_imports(db());
    BOOST_TEST(is_valid("t"));
    BOOST_TEST(entries() == "2 2 0");
}

// Clearing away takes several transactions, each of which counts what is left. Should the count be too high for once,
// it is still no reason to show more tokens than there are.
BOOST_AUTO_TEST_CASE(a_count_of_staged_tokens_that_is_too_high_does_not_wrap_around) {
    {
        write_txn txn(db().env());
        for (const char* token : {"staged0", "staged1", "staged2"}) {
            txn.erase(db().all().sessions, session_of(sha256(token), "@a:h", "PHONE"));
            txn.erase(db().all().tokens, token_key{sha256(token)});
        }
        txn.commit();
    }
    BOOST_TEST(take_statistics(db()).tokens <= 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(an_import_that_is_killed_is_all_or_nothing) {
    const testing::temporary_folder folder;
    testing::child_process importer([&](testing::rendezvous& parent) {
        std::string text;
        for (int i = 0; i < 60'000; ++i) text += "t" + std::to_string(i) + "\t@a:h\n";
        std::istringstream in(text);
        const token_file file = std::get<token_file>(token_file::read(in, ""));
        database db(folder.path(), testing::fast_options(64 * testing::mebibyte));
        parent.signal();
        (void)import_tokens(db, file, 1);
    });
    importer.wait();
    importer.kill();  // wherever it may be
    database db(folder.path(), testing::fast_options());
    const auto found = verify(db, [](std::string_view fault) { BOOST_ERROR(fault); });
    BOOST_TEST((found.tokens == 0U || found.tokens == 60'000U));
    discard_broken_imports(db);
    BOOST_TEST(verify(db, [](std::string_view fault) { BOOST_ERROR(fault); }).unfinished == 0U);
    BOOST_TEST(take_statistics(db).tokens == found.tokens);
}

}  // namespace pusherd::persistence
