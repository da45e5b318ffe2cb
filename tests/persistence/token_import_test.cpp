// Importing token files, all or nothing.

#include "persistence/registry/token_import.hpp"

#include "persistence/files/data_folder.hpp"
#include "persistence/registry/statistics.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <variant>

namespace pusherd::persistence {
namespace {

constexpr std::size_t many = 20'000;  // several transactions

struct import_fixture : testing::scratch_store {
    import_fixture() : scratch_store({}, testing::fast_options(64 * testing::mebibyte)) {}
    ~import_fixture() { BOOST_TEST(testing::faults_of(db()).empty()); }

    static token_file file_of(const std::string& text) {
        std::istringstream in(text);
        auto file = token_file::read(in, "");
        return std::get<token_file>(std::move(file));
    }

    static std::string many_lines() {
        std::string text;
        for (std::size_t i = 0; i < many; ++i)
            text += "token" + std::to_string(i) + "\t@u" + std::to_string(i / 3) + ":h\tD" + std::to_string(i) + '\n';
        return text;
    }

    // How many tokens, or `line N`.
    std::string import(const token_file& file, domain::timestamp now = 1) {
        const auto done = import_tokens(db(), file, now);
        if (const auto* problem = std::get_if<import_problem>(&done)) {
            BOOST_TEST(!problem->what.empty());
            return "line " + std::to_string(problem->line);
        }
        return std::to_string(std::get<std::uint64_t>(done));
    }

    std::string import(const std::string& text, domain::timestamp now = 1) { return import(file_of(text), now); }

    // `user device`, or nothing.
    std::string owner_of(std::string_view token) {
        const auto who = store().open_reader()->authenticate(sha256(token));
        return who ? who->user_id + ' ' + who->device_id : "nobody";
    }

    std::uint64_t valid_tokens() { return take_statistics(db()).tokens; }

    // Everything that an import could have left, valid or not.
    std::uint64_t entries() {
        return snapshot_reader(db().env())([&](const read_txn& txn) {
            const tables& all = db().all();
            return txn.count(all.tokens) + txn.count(all.sessions) + txn.count(all.imports);
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(token_imports, import_fixture)

BOOST_AUTO_TEST_CASE(imported_tokens_are_valid_for_their_users_and_devices) {
    BOOST_TEST(import("t1\t@a:h\tPHONE\nt2\t@b:h\n", 42) == "2");
    BOOST_TEST(owner_of("t1") == "@a:h PHONE");
    BOOST_TEST(owner_of("t2") == "@b:h ");
    BOOST_TEST(valid_tokens() == 2U);
    list_tokens(db(), "@a:h", [](const domain::token_digest& token, const token_record& record) {
        BOOST_TEST((token == sha256("t1")));
        BOOST_TEST(record.issued == 42);
        BOOST_TEST((record.who == domain::role::user));
    });
}

BOOST_AUTO_TEST_CASE(an_empty_file_imports_nothing) {
    BOOST_TEST(import("") == "0");
    BOOST_TEST(entries() == 0U);
}

BOOST_AUTO_TEST_CASE(a_token_that_stands_twice_counts_once) { BOOST_TEST(import("t\t@a:h\nt\t@a:h\n") == "1"); }

BOOST_AUTO_TEST_CASE(an_import_can_be_repeated) {
    BOOST_TEST(import("t1\t@a:h\tPHONE\nt2\t@b:h\n", 1) == "2");
    BOOST_TEST(import("t1\t@a:h\tPHONE\nt2\t@b:h\nt3\t@c:h\n", 2) == "3");
    BOOST_TEST(valid_tokens() == 3U);
    BOOST_TEST(entries() == 6U);
    list_tokens(db(), "@a:h", [](const domain::token_digest&, const token_record& record) {
        BOOST_TEST(record.issued == 1);  // it is the same token still
    });
}

BOOST_AUTO_TEST_CASE(imported_tokens_stand_beside_issued_ones) {
    const auto issued = log_in("@a:h", "PHONE");
    BOOST_TEST(import("t1\t@a:h\tPHONE\n") == "1");
    BOOST_TEST(import(issued.token + "\t@a:h\tPHONE\n") == "1");
    BOOST_TEST(owner_of(issued.token) == "@a:h PHONE");
    BOOST_TEST(revoke_device(db(), "@a:h", "PHONE").tokens == 2U);
}

BOOST_AUTO_TEST_CASE(a_known_token_moves_to_the_device_of_the_file) {
    BOOST_TEST(import("t\t@a:h\tPHONE\n") == "1");
    BOOST_TEST(import("t\t@a:h\tTABLET\n") == "1");
    BOOST_TEST(owner_of("t") == "@a:h TABLET");
    BOOST_TEST(revoke_device(db(), "@a:h", "PHONE").tokens == 0U);
    BOOST_TEST(import("t\t@a:h\n") == "1");
    BOOST_TEST(owner_of("t") == "@a:h ");
    BOOST_TEST(entries() == 2U);
    BOOST_TEST(revoke_user(db(), "@a:h").tokens == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_that_another_user_has_is_a_problem_of_its_line_and_nothing_is_imported) {
    BOOST_TEST(import("t\t@a:h\tPHONE\n") == "1");
    const auto before = entries();
    BOOST_TEST(import("t1\t@b:h\n\nt\t@b:h\nt2\t@b:h\n") == "line 3");
    for (const char* token : {"t1", "t2"}) BOOST_TEST(owner_of(token) == "nobody");
    BOOST_TEST(owner_of("t") == "@a:h PHONE");
    BOOST_TEST(entries() == before);
}

BOOST_AUTO_TEST_CASE(a_refused_import_moves_no_token_to_another_device) {
    BOOST_TEST(import("t1\t@a:h\tPHONE\nt2\t@b:h\n") == "2");
    BOOST_TEST(import("t1\t@a:h\tTABLET\nt2\t@a:h\n") == "line 2");
    BOOST_TEST(owner_of("t1") == "@a:h PHONE");
}

BOOST_AUTO_TEST_CASE(a_services_token_is_another_users) {
    const auto service = testing::log_in(db(), "@a:h", "", domain::role::service);
    BOOST_TEST(import(service.token + "\t@a:h\n") == "line 1");
}

BOOST_AUTO_TEST_CASE(an_import_of_many_is_whole) {
    BOOST_TEST(import(many_lines()) == std::to_string(many));
    BOOST_TEST(valid_tokens() == many);
    BOOST_TEST(entries() == 2 * many);
    BOOST_TEST(owner_of("token19999") == "@u6666:h D19999");
    BOOST_TEST(revoke_user(db(), "@u6665:h").tokens == 3U);
}

BOOST_AUTO_TEST_CASE(a_clash_at_the_very_end_of_many_leaves_nothing) {
    // The tokens are written in the order of their digests: the last of those is the last to be looked at.
    const token_file file = file_of(many_lines());
    const token_file::entry& last = file.entries().back();
    {
        write_txn txn(db().env());
        const token_record theirs{.user_id = "@other:h", .device_id = {}};
        txn.put(db().all().tokens, token_key{last.token}, theirs.encode());
        txn.put(db().all().sessions, session_of(last.token, "@other:h", ""), "");
        txn.commit();
    }
    BOOST_TEST(import(file) == "line " + std::to_string(last.line));
    BOOST_TEST(entries() == 2U);
    BOOST_TEST(valid_tokens() == 1U);
    BOOST_TEST(owner_of("token0") == "nobody");
    BOOST_TEST(owner_of("token19999") == "nobody");

    (void)revoke_user(db(), "@other:h");
    BOOST_TEST(import(file) == std::to_string(many));
    BOOST_TEST(valid_tokens() == many);
}

BOOST_AUTO_TEST_CASE(one_import_waits_for_no_other_and_says_so) {
    {
        const file_lock other = file_lock::try_to_take(db().folder() / "import.lock");
        BOOST_REQUIRE(other.held());
        BOOST_TEST(import("t\t@a:h\n") == "line 0");
        BOOST_TEST(entries() == 0U);
    }
    BOOST_TEST(import("t\t@a:h\n") == "1");
}

BOOST_AUTO_TEST_CASE(a_revoked_token_can_be_imported_again) {
    BOOST_TEST(import("t\t@a:h\tPHONE\n") == "1");
    (void)revoke_token(db(), sha256("t"));
    BOOST_TEST(owner_of("t") == "nobody");
    BOOST_TEST(import("t\t@b:h\n") == "1");
    BOOST_TEST(owner_of("t") == "@b:h ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
