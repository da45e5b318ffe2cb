// Who creates a database, where, and whose it is then.

#include "persistence/engine/storage_error.hpp"
#include "persistence/registry/database.hpp"
#include "persistence/registry/token_import.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr open_mode never_creating[] = {open_mode::look, open_mode::change};

database_options with_mode(open_mode mode) {
    database_options options = testing::fast_options();
    options.mode = mode;
    return options;
}

class umask_guard {
public:
    explicit umask_guard(mode_t mask) : before_(::umask(mask)) {}
    ~umask_guard() { ::umask(before_); }
    umask_guard(const umask_guard&) = delete;
    umask_guard& operator=(const umask_guard&) = delete;

private:
    mode_t before_;
};

bool says_in_one_line_that_there_is_none(const unusable_database& problem) {
    const std::string what = problem.what();
    return what.find("no database") != std::string::npos && what.find('\n') == std::string::npos;
}

boost::test_tools::assertion_result runs_as_root(boost::unit_test::test_unit_id) { return ::geteuid() == 0; }

uid_t owner_of(const fs::path& path) {
    struct stat found {};
    BOOST_REQUIRE_EQUAL(::lstat(path.c_str(), &found), 0);
    return found.st_uid;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(database_creation)

BOOST_AUTO_TEST_CASE(an_absent_folder_is_created_with_those_above_it) {
    const testing::temporary_folder temporary;
    const fs::path folder = temporary.path() / "a" / "b" / "data";
    const database db(folder, with_mode(open_mode::create));
    BOOST_TEST(fs::is_regular_file(folder / "data.mdb"));
}

BOOST_AUTO_TEST_CASE(a_folder_may_be_named_with_a_slash_at_its_end) {
    const testing::temporary_folder temporary;
    const database db(temporary.path() / "data" / "", with_mode(open_mode::create));
    BOOST_TEST(fs::is_regular_file(temporary.path() / "data" / "data.mdb"));
}

BOOST_AUTO_TEST_CASE(an_empty_folder_gets_a_database) {
    const testing::temporary_folder temporary;
    const database db(temporary.path(), with_mode(open_mode::create));
    BOOST_TEST(fs::is_regular_file(temporary.path() / "data.mdb"));
}

BOOST_AUTO_TEST_CASE(only_create_creates_a_folder) {
    const testing::temporary_folder temporary;
    for (const open_mode mode : never_creating) {
        BOOST_CHECK_EXCEPTION(database(temporary.path() / "a" / "data", with_mode(mode)), unusable_database,
                              says_in_one_line_that_there_is_none);
        BOOST_TEST(testing::contents_of(temporary.path()).empty());
    }
}

BOOST_AUTO_TEST_CASE(only_create_creates_a_database_in_an_empty_folder) {
    const testing::temporary_folder temporary;
    for (const open_mode mode : never_creating) {
        BOOST_CHECK_EXCEPTION(database(temporary.path(), with_mode(mode)), unusable_database,
                              says_in_one_line_that_there_is_none);
        BOOST_TEST(testing::contents_of(temporary.path()).empty());
    }
}

BOOST_AUTO_TEST_CASE(other_files_in_the_folder_stay) {
    const testing::temporary_folder temporary;
    testing::write_file(temporary.path() / "notes.txt", "mine");
    const database db(temporary.path(), with_mode(open_mode::create));
    BOOST_TEST(testing::read_file(temporary.path() / "notes.txt") == "mine");
}

BOOST_AUTO_TEST_CASE(what_was_created_is_opened_in_every_mode) {
    const testing::temporary_folder temporary;
    const fs::path folder = temporary.path() / "data";
    std::string token;
    {
        database db(folder, with_mode(open_mode::create));
        token = testing::log_in(db, "@u:h").token;
    }
    for (const open_mode mode : {open_mode::look, open_mode::change, open_mode::create}) {
        database db(folder, with_mode(mode));
        BOOST_TEST(testing::faults_of(db).empty());
        BOOST_TEST(snapshot_reader(db.env())(
            [&](const read_txn& txn) { return txn.contains(db.all().tokens, token_key{sha256(token)}); }));
    }
}

BOOST_AUTO_TEST_CASE(who_only_looks_cannot_write) {
    const testing::temporary_folder temporary;
    { const database db(temporary.path(), with_mode(open_mode::create)); }
    const std::string before = testing::read_file(temporary.path() / "data.mdb");
    {
        database db(temporary.path(), with_mode(open_mode::look));
        BOOST_CHECK_THROW((void)testing::log_in(db, "@u:h"), storage_error);
    }
    BOOST_TEST((testing::read_file(temporary.path() / "data.mdb") == before));
}

BOOST_AUTO_TEST_CASE(the_folder_is_private_and_so_are_its_files_whatever_the_umask) {
    for (const mode_t mask : {0000U, 0022U, 0077U, 0777U}) BOOST_TEST_CONTEXT("umask " << mask) {
            const testing::temporary_folder temporary;
            const fs::path folder = temporary.path() / "data";
            {
                const umask_guard guard(mask);
                database db(folder, with_mode(open_mode::create));
                std::istringstream no_tokens;
                (void)import_tokens(db, std::get<token_file>(token_file::read(no_tokens, "")), 1);
            }
            BOOST_TEST(testing::mode_of(folder) == 0700U);
            for (const fs::directory_entry& file : fs::directory_iterator(folder))
                BOOST_TEST_CONTEXT(file.path().filename()) BOOST_TEST(testing::mode_of(file.path()) == 0600U);
        }
}

BOOST_AUTO_TEST_CASE(a_folder_that_was_there_keeps_its_permissions) {
    const testing::temporary_folder temporary;
    const fs::path folder = temporary.path() / "data";
    fs::create_directory(folder);
    fs::permissions(folder, static_cast<fs::perms>(0750));
    const database db(folder, with_mode(open_mode::create));
    BOOST_TEST(testing::mode_of(folder) == 0750U);
}

BOOST_AUTO_TEST_CASE(what_root_creates_in_a_users_folder_is_that_users, *boost::unit_test::precondition(runs_as_root)) {
    constexpr uid_t service = 12345;
    const testing::temporary_folder temporary;
    const fs::path folder = temporary.path() / "data";
    fs::create_directory(folder);
    BOOST_REQUIRE_EQUAL(::chown(folder.c_str(), service, service), 0);
    const auto check_owners = [&] {
        for (const fs::directory_entry& file : fs::directory_iterator(folder))
            BOOST_TEST_CONTEXT(file.path().filename()) BOOST_TEST(owner_of(file.path()) == service);
    };
    database db(folder, with_mode(open_mode::create));
    check_owners();
    std::istringstream no_tokens;
    (void)import_tokens(db, std::get<token_file>(token_file::read(no_tokens, "")), 1);
    check_owners();
}

BOOST_AUTO_TEST_CASE(processes_that_create_the_same_database_at_once_all_get_it) {
    constexpr int processes = 6;
    const testing::temporary_folder temporary;
    const fs::path folder = temporary.path() / "new" / "data";
    std::vector<std::unique_ptr<testing::child_process>> others;
    for (int i = 0; i < processes; ++i)
        others.push_back(std::make_unique<testing::child_process>([&](testing::rendezvous& parent) {
            parent.signal();
            parent.wait();
            database db(folder, with_mode(open_mode::create));
            (void)testing::log_in(db, "@u" + std::to_string(i) + ":h");
        }));
    for (const auto& other : others) other->wait();
    for (const auto& other : others) other->signal();
    for (const auto& other : others) BOOST_TEST(other->succeeds());

    database db(folder, with_mode(open_mode::change));
    BOOST_TEST(testing::faults_of(db).empty());
    const auto tokens = snapshot_reader(db.env())([&](const read_txn& txn) { return txn.count(db.all().tokens); });
    BOOST_TEST(tokens == static_cast<std::uint64_t>(processes));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
