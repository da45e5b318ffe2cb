// What a crash during the first creation may leave behind holds nothing: it is made anew.

#include "persistence/engine/storage_error.hpp"
#include "persistence/files/data_folder.hpp"
#include "persistence/registry/database.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sector = 512;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

// What LMDB has written before the first commit: two meta pages.
std::string image_before_the_first_commit() {
    const testing::temporary_folder folder;
    { const environment env(folder.path(), {.map_size = 8 * testing::mebibyte, .sync = false}); }
    return testing::read_file(folder.path() / "data.mdb");
}

// What LMDB has written in the first commit, but for the meta page that makes it count.
std::string image_without_the_last_write() {
    const testing::temporary_folder folder;
    { const database db(folder.path(), testing::fast_options()); }
    const std::string metas = image_before_the_first_commit();
    return metas + testing::read_file(folder.path() / "data.mdb").substr(metas.size());
}

void check_is_made_anew(std::string_view image) {
    const testing::temporary_folder folder;
    const fs::path data = folder.path() / "data.mdb";
    testing::write_file(data, image);
    BOOST_TEST((inspect(folder.path()) == folder_content::half_created));
    for (const open_mode mode : {open_mode::look, open_mode::change}) {
        database_options options = testing::fast_options();
        options.mode = mode;
        BOOST_CHECK_THROW(database(folder.path(), options), unusable_database);
        BOOST_TEST((testing::read_file(data) == image));
        BOOST_TEST(!fs::exists(folder.path() / "lock.mdb"));
    }
    database db(folder.path(), testing::fast_options());
    (void)testing::log_in(db, "@u:h");
    BOOST_TEST(testing::faults_of(db).empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(half_created_databases)

BOOST_AUTO_TEST_CASE(an_empty_file_is_made_anew) { check_is_made_anew(""); }

BOOST_AUTO_TEST_CASE(pages_of_zeros_are_made_anew) {
    for (const std::size_t size : {std::size_t{1}, sector, page_size(), 2 * page_size(), 14 * page_size()})
        BOOST_TEST_CONTEXT(size << " bytes") check_is_made_anew(std::string(size, '\0'));
}

BOOST_AUTO_TEST_CASE(what_lmdb_writes_before_the_first_commit_is_made_anew) {
    const std::string image = image_before_the_first_commit();
    BOOST_REQUIRE_EQUAL(image.size(), 2 * page_size());
    check_is_made_anew(image);
    check_is_made_anew(image.substr(0, page_size()));
    check_is_made_anew(image.substr(0, page_size()) + std::string(page_size(), '\0'));
    check_is_made_anew(std::string(page_size(), '\0') + image.substr(page_size()));
}

BOOST_AUTO_TEST_CASE(a_file_that_ends_at_any_sector_is_made_anew) {
    const std::string image = image_without_the_last_write();
    for (std::size_t size = 0; size <= image.size(); size += sector)
        BOOST_TEST_CONTEXT(size << " of " << image.size() << " bytes") check_is_made_anew(image.substr(0, size));
}

BOOST_AUTO_TEST_CASE(a_file_of_which_one_sector_never_came_is_made_anew) {
    const std::string image = image_without_the_last_write();
    for (std::size_t at = 0; at < image.size(); at += sector) BOOST_TEST_CONTEXT("sector at " << at) {
            std::string torn = image;
            check_is_made_anew(torn.replace(at, sector, sector, '\0'));
        }
}

BOOST_AUTO_TEST_CASE(a_file_of_which_one_sector_alone_came_is_made_anew) {
    const std::string image = image_without_the_last_write();
    for (std::size_t at = 0; at < image.size(); at += sector) BOOST_TEST_CONTEXT("sector at " << at) {
            std::string torn(image.size(), '\0');
            check_is_made_anew(torn.replace(at, sector, image, at, sector));
        }
}

BOOST_AUTO_TEST_CASE(a_database_whose_first_commit_is_there_is_not_made_anew) {
    const testing::temporary_folder folder;
    std::string token;
    {
        database db(folder.path(), testing::fast_options());
        token = testing::log_in(db, "@u:h").token;
    }
    BOOST_TEST((inspect(folder.path()) == folder_content::database));
    database db(folder.path(), testing::fast_options());
    BOOST_TEST(snapshot_reader(db.env())(
        [&](const read_txn& txn) { return txn.contains(db.all().tokens, token_key{sha256(token)}); }));
}

BOOST_AUTO_TEST_CASE(an_empty_database_is_a_database) {
    const testing::temporary_folder folder;
    { const database db(folder.path(), testing::fast_options()); }
    BOOST_TEST((inspect(folder.path()) == folder_content::database));
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_database_holds_nothing) {
    const testing::temporary_folder folder;
    BOOST_TEST((inspect(folder.path()) == folder_content::nothing));
    BOOST_TEST((inspect(folder.path() / "absent") == folder_content::absent));
    testing::write_file(folder.path() / "lock.mdb", "");
    BOOST_TEST((inspect(folder.path()) == folder_content::nothing));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
