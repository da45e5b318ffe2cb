// What is no database of this pusherd's is refused with one line, and left byte for byte as it was found.

#include "persistence/engine/storage_error.hpp"
#include "persistence/records/bytes.hpp"
#include "persistence/registry/database.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

void check_refused(const fs::path& folder, std::string_view because) {
    const bool is_folder = fs::is_directory(folder);
    const auto before = is_folder ? testing::contents_of(folder) : decltype(testing::contents_of(folder)){};
    for (const open_mode mode : {open_mode::look, open_mode::change, open_mode::create}) {
        database_options options = testing::fast_options(32 * testing::mebibyte);
        options.mode = mode;
        options.may_shrink_map = true;
        options.server_name = "example.org";
        BOOST_TEST_CONTEXT("mode " << static_cast<int>(mode)) {
            BOOST_CHECK_EXCEPTION(database(folder, options), unusable_database, [&](const unusable_database& problem) {
                const std::string what = problem.what();
                BOOST_TEST(what.find('\n') == std::string::npos);
                BOOST_TEST(what.starts_with(folder.parent_path().string()));
                BOOST_TEST(what.find(because) != std::string::npos, what);
                return true;
            });
            if (is_folder) BOOST_TEST((testing::contents_of(folder) == before));
        }
    }
}

// The bytes of a database's file, after `change` has worked on the database.
template <class Change>
std::string image_of_database(Change&& change) {
    testing::temporary_folder temporary;
    {
        database db(temporary.path(), testing::fast_options());
        write_txn txn(db.env());
        change(txn, db.all());
        txn.commit();
    }
    return testing::read_file(temporary.path() / "data.mdb");
}

std::string image_with_schema(std::uint32_t version) {
    return image_of_database([&](write_txn& txn, const tables& all) {
        std::string bytes;
        append(bytes, version);
        txn.put(all.meta, meta_key{"schema"}, bytes);
    });
}

std::string image_of_pusherd() {
    return image_of_database([](write_txn& txn, const tables& all) { txn.put(all.meta, meta_key{"x"}, "x"); });
}

struct data_folder_of {
    explicit data_folder_of(std::string_view data) { testing::write_file(temporary.path() / "data.mdb", data); }
    [[nodiscard]] const fs::path& path() const { return temporary.path(); }
    testing::temporary_folder temporary;
};

// Another program's LMDB environment.
template <class Table, class Fill>
void make_foreign_environment(const fs::path& folder, const char* name, Fill&& fill) {
    environment env(folder, {.map_size = testing::mebibyte, .sync = false});
    write_txn txn(env);
    fill(txn, txn.create<Table>(name));
    txn.commit();
}

using foreign_table = table<meta_key, meta_record>;

}  // namespace

BOOST_AUTO_TEST_SUITE(refused_folders)

BOOST_AUTO_TEST_CASE(a_file_in_place_of_the_folder_is_refused) {
    const testing::temporary_folder temporary;
    testing::write_file(temporary.path() / "data", "text");
    check_refused(temporary.path() / "data", "not a folder");
    BOOST_TEST(testing::read_file(temporary.path() / "data") == "text");
    BOOST_TEST(testing::contents_of(temporary.path()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_folder_below_a_file_is_refused) {
    const testing::temporary_folder temporary;
    testing::write_file(temporary.path() / "file", "text");
    check_refused(temporary.path() / "file" / "data", "");
    BOOST_TEST(testing::read_file(temporary.path() / "file") == "text");
}

BOOST_AUTO_TEST_CASE(a_folder_in_place_of_the_file_is_refused) {
    const testing::temporary_folder temporary;
    fs::create_directory(temporary.path() / "data.mdb");
    check_refused(temporary.path(), "data.mdb");
}

BOOST_AUTO_TEST_CASE(a_text_file_in_place_of_the_database_is_refused) {
    check_refused(data_folder_of("x").path(), "not a pusherd database");
    check_refused(data_folder_of("This is a text.\n").path(), "not a pusherd database");
    check_refused(data_folder_of(std::string(5'000, 'x')).path(), "not a pusherd database");
    check_refused(data_folder_of(std::string(500'000, 'x')).path(), "not a pusherd database");
}

BOOST_AUTO_TEST_CASE(a_file_that_begins_with_zeros_and_goes_on_with_something_is_refused) {
    check_refused(data_folder_of(std::string(4096, '\0') + std::string(4096, 'x')).path(), "not a pusherd database");
    check_refused(data_folder_of(std::string(16'384, '\0') + "precious").path(), "not a pusherd database");
    check_refused(data_folder_of(std::string(1'000'000, '\0')).path(), "not a pusherd database");
}

BOOST_AUTO_TEST_CASE(a_database_of_the_other_byte_order_is_refused) {
    std::string image = image_of_pusherd();
    constexpr std::string_view magic = "\xDE\xC0\xEF\xBE";
    for (const std::size_t page : {std::size_t{0}, std::size_t{4096}}) {
        const std::size_t at = image.find(magic, page);
        BOOST_REQUIRE(at < page + 64);
        std::reverse(image.begin() + static_cast<long>(at), image.begin() + static_cast<long>(at) + 4);
    }
    check_refused(data_folder_of(image).path(), "byte order");
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_schema_is_refused) {
    for (const std::uint32_t version : {schema_version + 1, 0xffffffffU})
        check_refused(data_folder_of(image_with_schema(version)).path(), "schema " + std::to_string(version));
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused_even_if_tables_are_no_longer_there) {
    testing::temporary_folder folder;
    make_foreign_environment<foreign_table>(folder.path(), "meta", [](write_txn& txn, const foreign_table& meta) {
        std::string version;
        append(version, std::uint32_t{7});
        txn.put(meta, meta_key{"program"}, "pusherd");
        txn.put(meta, meta_key{"schema"}, version);
    });
    fs::remove(folder.path() / "lock.mdb");
    check_refused(folder.path(), "schema 7");
}

BOOST_AUTO_TEST_CASE(a_damaged_schema_entry_is_refused) {
    check_refused(data_folder_of(image_of_database([](write_txn& txn, const tables& all) {
                      txn.put(all.meta, meta_key{"schema"}, "1");
                  })).path(),
                  "");
    check_refused(data_folder_of(image_of_database([](write_txn& txn, const tables& all) {
                      txn.erase(all.meta, meta_key{"program"});
                  })).path(),
                  "not a pusherd database");
}

BOOST_AUTO_TEST_CASE(an_environment_of_another_program_is_refused) {
    for (const char* name : {"meta", "users", "something else"}) BOOST_TEST_CONTEXT(name) {
            const testing::temporary_folder folder;
            make_foreign_environment<foreign_table>(folder.path(), name, [](write_txn& txn, const foreign_table& into) {
                txn.put(into, meta_key{"precious"}, "data");
            });
            fs::remove(folder.path() / "lock.mdb");
            check_refused(folder.path(), "not a pusherd database");
        }
}

BOOST_AUTO_TEST_CASE(an_environment_whose_main_table_has_a_record_of_a_tables_name_is_refused) {
    const testing::temporary_folder folder;
    {
        environment env(folder.path(), {.map_size = testing::mebibyte, .sync = false});
        write_txn txn(env);
        constexpr foreign_table main_table{1};  // lmdb.h: the first table is the unnamed one
        txn.put(main_table, meta_key{"meta"}, "a record, no table");
        txn.commit();
    }
    fs::remove(folder.path() / "lock.mdb");
    check_refused(folder.path(), "not a pusherd database");
}

// LMDB writes to a lock file when it opens one that nobody uses: that one is to be there still, not to be the same.
BOOST_AUTO_TEST_CASE(the_lock_file_of_another_program_stays) {
    const testing::temporary_folder folder;
    make_foreign_environment<foreign_table>(
        folder.path(), "theirs", [](write_txn& txn, const foreign_table& into) { txn.put(into, meta_key{"a"}, "b"); });
    const std::string data = testing::read_file(folder.path() / "data.mdb");
    for (const open_mode mode : {open_mode::look, open_mode::change, open_mode::create}) {
        database_options options = testing::fast_options();
        options.mode = mode;
        BOOST_CHECK_THROW(database(folder.path(), options), unusable_database);
        BOOST_TEST((testing::read_file(folder.path() / "data.mdb") == data));
        BOOST_TEST(fs::exists(folder.path() / "lock.mdb"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
