// Backups: a new folder with all that was there, compacted; or nothing, and one line that says why.

#include "persistence/registry/backup.hpp"

#include "persistence/files/backup_folder.hpp"
#include "persistence/files/data_folder.hpp"
#include "persistence/registry/pusher_export.hpp"
#include "persistence/registry/statistics.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr uid_t other_user = 65534;

boost::test_tools::assertion_result is_root(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result result(::geteuid() == 0);
    result.message() << "only root may give files away";
    return result;
}

std::string exported(database& db) {
    std::string lines;
    export_pushers(db, [&](std::string_view some, std::uint64_t, std::uint64_t) { lines += some; });
    return lines;
}

uid_t owner_of(const fs::path& path) {
    struct stat status {};
    BOOST_TEST_REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_uid;
}

struct backup_fixture : testing::scratch_store {
    testing::temporary_folder elsewhere;
    testing::session alice = log_in("@a:h", "PHONE");

    backup_fixture() : scratch_store({}, testing::fast_options(64 * testing::mebibyte)) {
        for (int i = 0; i < 50; ++i)
            BOOST_TEST(set(alice, testing::set_of("k" + std::to_string(i), {.lang = std::string(1000, 'l')})) ==
                       "created");
    }

    [[nodiscard]] fs::path file(std::string_view name) const { return elsewhere.path() / name; }

    /// Refused with a line, and all is as it was.
    void check_refused(const fs::path& folder, std::string_view because) {
        const auto before = testing::contents_of(elsewhere.path());
        BOOST_CHECK_EXCEPTION(back_up(db(), folder), unusable_database, [&](const unusable_database& problem) {
            const std::string what = problem.what();
            BOOST_TEST(what.find('\n') == std::string::npos);
            BOOST_TEST(what.find(because) != std::string::npos, what);
            return true;
        });
        BOOST_TEST((testing::contents_of(elsewhere.path()) == before));
    }

    void check_sound(const fs::path& folder) {
        database copy(folder, {.mode = open_mode::look});
        BOOST_TEST(testing::faults_of(copy).empty());
        BOOST_TEST(exported(copy) == exported(db()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup, backup_fixture)

BOOST_AUTO_TEST_CASE(it_is_a_private_folder_with_a_database_that_is_the_same) {
    const fs::path folder = file("backup");
    back_up(db(), folder);
    BOOST_TEST((testing::contents_of(folder).size() == 1U));
    BOOST_TEST(testing::mode_of(folder) == 0700U);
    BOOST_TEST(testing::mode_of(folder / "data.mdb") == 0600U);
    check_sound(folder);
    database copy(folder, {.mode = open_mode::look});
    const statistics original = take_statistics(db());
    const statistics copied = take_statistics(copy);
    BOOST_TEST(copied.tokens == original.tokens);
    BOOST_TEST(copied.pushers == original.pushers);
    BOOST_TEST(copied.map_bytes == original.map_bytes);
}

BOOST_AUTO_TEST_CASE(it_can_be_written_like_any_other) {
    back_up(db(), file("backup"));
    database copy(file("backup"), testing::fast_options());
    (void)testing::log_in(copy, "@b:h");
    BOOST_TEST(take_statistics(copy).tokens == take_statistics(db()).tokens + 1);
    BOOST_TEST(testing::faults_of(copy).empty());
}

BOOST_AUTO_TEST_CASE(it_is_without_the_pages_that_are_free) {
    for (int i = 1; i < 50; ++i) BOOST_TEST(set(alice, testing::removal_of("k" + std::to_string(i))) == "deleted");
    back_up(db(), file("backup"));
    BOOST_TEST(fs::file_size(file("backup") / "data.mdb") < fs::file_size(db().folder() / "data.mdb") / 2);
    check_sound(file("backup"));
}

BOOST_AUTO_TEST_CASE(an_empty_folder_is_taken_and_made_private) {
    fs::create_directory(file("backup"));
    fs::permissions(file("backup"), fs::perms::all);
    back_up(db(), file("backup") / "");
    BOOST_TEST(testing::mode_of(file("backup")) == 0700U);
    check_sound(file("backup"));
}

BOOST_AUTO_TEST_CASE(folders_above_are_created_if_need_be) {
    back_up(db(), file("a") / "b" / "backup");
    BOOST_TEST(testing::mode_of(file("a") / "b") == 0700U);
    check_sound(file("a") / "b" / "backup");
}

BOOST_AUTO_TEST_CASE(a_folder_above_may_be_a_link) {
    fs::create_directory(file("there"));
    fs::create_directory_symlink(file("there"), file("link"));
    back_up(db(), file("link") / "backup");
    check_sound(file("there") / "backup");
}

BOOST_AUTO_TEST_CASE(it_tells_how_far_it_is_and_does_the_same) {
    back_up(db(), file("backup"), [](std::uint64_t written, std::uint64_t all) { BOOST_TEST(written <= all); });
    check_sound(file("backup"));
}

BOOST_AUTO_TEST_CASE(what_is_not_empty_is_refused) {
    fs::create_directory(file("backup"));
    testing::write_file(file("backup") / "mine", "mine");
    check_refused(file("backup"), "is not empty");
    BOOST_TEST(testing::mode_of(file("backup")) != 0700U);
    back_up(db(), file("another"));
    check_refused(file("another"), "is not empty");
}

BOOST_AUTO_TEST_CASE(what_a_broken_off_backup_has_left_is_refused_and_is_no_database) {
    fs::create_directory(file("backup"));
    testing::write_file(file("backup") / partial_backup_name, "part");
    check_refused(file("backup"), "broken off");
    for (const open_mode mode : {open_mode::look, open_mode::change, open_mode::create}) {
        database_options options = testing::fast_options();
        options.mode = mode;
        BOOST_CHECK_EXCEPTION(database(file("backup"), options), unusable_database, [](const auto& problem) {
            return std::string_view(problem.what()).find("broken off") != std::string_view::npos;
        });
    }
    BOOST_TEST((testing::contents_of(file("backup")).size() == 1U));
}

BOOST_AUTO_TEST_CASE(the_data_folder_and_what_lies_in_it_is_refused) {
    const fs::path data = db().folder();
    check_refused(data, "is the data folder itself");
    check_refused(data / ".", "is the data folder itself");
    check_refused(data / "backup", "lies in the data folder");
    check_refused(data / "new" / "backup", "lies in the data folder");
    BOOST_TEST(!fs::exists(data / "new"));
    fs::create_directory_symlink(data, file("link"));
    check_refused(file("link") / "backup", "lies in the data folder");
    check_refused(data / ".." / "data", "is the data folder itself");
}

BOOST_AUTO_TEST_CASE(a_link_is_refused) {
    fs::create_directory(file("there"));
    fs::create_directory_symlink(file("there"), file("link"));
    check_refused(file("link"), "is a symbolic link");
    check_refused(file("link") / "", "is a symbolic link");
    BOOST_TEST(fs::is_empty(file("there")));
    fs::remove(file("there"));  // it leads nowhere now
    BOOST_CHECK_THROW(back_up(db(), file("link")), unusable_database);
    BOOST_TEST(!fs::exists(file("there")));
}

BOOST_AUTO_TEST_CASE(what_is_no_folder_is_refused) {
    testing::write_file(file("file"), "");
    check_refused(file("file"), "cannot be used as a folder");
    check_refused(file("file") / "backup", "cannot be created");
}

BOOST_AUTO_TEST_CASE(a_folder_whose_lock_somebody_has_is_refused) {
    fs::create_directory(file("backup"));
    const file_lock other = file_lock::wait_for(file("backup"));
    check_refused(file("backup"), "another process has its lock");
}

BOOST_AUTO_TEST_CASE(run_as_root_all_that_is_made_belongs_to_the_data_folders_owner,
                     *boost::unit_test::precondition(is_root)) {
    BOOST_TEST_REQUIRE(::chown(db().folder().c_str(), other_user, other_user) == 0);
    back_up(db(), file("a") / "backup");
    for (const fs::path& each : {file("a"), file("a") / "backup", file("a") / "backup" / "data.mdb"})
        BOOST_TEST(owner_of(each) == other_user, each);
    BOOST_TEST(owner_of(elsewhere.path()) == 0U);
    fs::create_directory(file("empty"));
    back_up(db(), file("empty"));
    BOOST_TEST(owner_of(file("empty")) == other_user);
}

BOOST_AUTO_TEST_CASE(without_complete_nothing_is_left) {
    {
        const backup_folder folder(file("a") / "backup", db().folder());
        BOOST_TEST(::write(folder.file(), "bytes", 5) == 5);
        BOOST_TEST(fs::exists(file("a") / "backup" / partial_backup_name));
    }
    BOOST_TEST(!fs::exists(file("a")));
    fs::create_directory(file("empty"));
    { const backup_folder folder(file("empty"), db().folder()); }
    BOOST_TEST(fs::is_empty(file("empty")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(backup_beside_other_processes)

// The snapshot is of what the file holds, whatever size of the map this process knew.
BOOST_AUTO_TEST_CASE(a_map_that_another_process_has_made_larger_meanwhile_is_adopted) {
    const testing::temporary_folder temporary;
    const fs::path data = temporary.path() / "data";
    testing::child_process other([&](testing::rendezvous& parent) {
        parent.wait();
        database db(data, {.mode = open_mode::change, .map_size = 16 * testing::mebibyte, .sync = false});
        for (int i = 0; i < 4000; ++i) {
            write_txn txn(db.env());
            const token_record record{.who = domain::role::service, .issued = 1, .user_id = "service", .device_id = {}};
            txn.put(db.all().tokens, token_key{sha256(std::to_string(i))}, record.encode());
            txn.commit();
        }
    });
    database db(data, testing::fast_options(testing::mebibyte));
    other.signal();
    BOOST_REQUIRE(other.succeeds());
    back_up(db, temporary.path() / "backup");
    database copy(temporary.path() / "backup", {.mode = open_mode::look});
    BOOST_TEST(take_statistics(copy).tokens == 4000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
