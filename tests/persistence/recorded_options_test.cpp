// What a database remembers of how it was opened: the size of its map and its server's name.

#include "persistence/engine/storage_error.hpp"
#include "persistence/registry/database.hpp"
#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::persistence {
namespace {

using testing::mebibyte;

struct folder_fixture {
    testing::temporary_folder folder;

    [[nodiscard]] database_options options(std::optional<std::size_t> map_size, open_mode mode = open_mode::create,
                                           bool may_shrink = false) const {
        return {.mode = mode, .map_size = map_size, .may_shrink_map = may_shrink, .server_name = {}, .sync = false};
    }

    [[nodiscard]] std::size_t map_size_of(const database_options& how) const {
        return database(folder.path(), how).env().map_size();
    }

    [[nodiscard]] database open(std::string server_name, open_mode mode = open_mode::create) const {
        database_options how = testing::fast_options();
        how.mode = mode;
        how.server_name = std::move(server_name);
        return database(folder.path(), how);
    }

    [[nodiscard]] std::string recorded_name() const {
        database db = open("", open_mode::look);
        return snapshot_reader(db.env())([&](const read_txn& txn) { return db.server_name(txn); });
    }

    void check_refused(const std::string& server_name, std::string_view because) const {
        BOOST_CHECK_EXCEPTION((void)open(server_name), unusable_database, [&](const unusable_database& problem) {
            const std::string what = problem.what();
            BOOST_TEST(what.find('\n') == std::string::npos);
            return what.find(because) != std::string::npos;
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recorded_options, folder_fixture)

BOOST_AUTO_TEST_CASE(the_map_size_of_its_creator_is_what_later_ones_get) {
    BOOST_TEST(map_size_of(options(4 * mebibyte)) == 4 * mebibyte);
    for (const open_mode mode : {open_mode::look, open_mode::change, open_mode::create})
        BOOST_TEST(map_size_of(options(std::nullopt, mode)) == 4 * mebibyte);
}

BOOST_AUTO_TEST_CASE(without_a_map_size_the_default_is_recorded) {
    BOOST_TEST(map_size_of(options(std::nullopt)) == default_map_size);
    BOOST_TEST(map_size_of(options(std::nullopt, open_mode::look)) == default_map_size);
}

BOOST_AUTO_TEST_CASE(a_larger_map_is_recorded) {
    (void)map_size_of(options(4 * mebibyte));
    BOOST_TEST(map_size_of(options(16 * mebibyte, open_mode::change)) == 16 * mebibyte);
    BOOST_TEST(map_size_of(options(std::nullopt)) == 16 * mebibyte);
}

BOOST_AUTO_TEST_CASE(a_smaller_map_is_recorded_only_by_who_may_shrink_it) {
    (void)map_size_of(options(16 * mebibyte));
    BOOST_TEST(map_size_of(options(4 * mebibyte)) == 16 * mebibyte);
    BOOST_TEST(map_size_of(options(std::nullopt)) == 16 * mebibyte);
    BOOST_TEST(map_size_of(options(4 * mebibyte, open_mode::create, true)) == 4 * mebibyte);
    BOOST_TEST(map_size_of(options(std::nullopt)) == 4 * mebibyte);
    BOOST_TEST(map_size_of(options(std::nullopt, open_mode::look)) == 4 * mebibyte);
}

BOOST_AUTO_TEST_CASE(who_only_looks_records_no_map_size) {
    (void)map_size_of(options(4 * mebibyte));
    (void)map_size_of(options(16 * mebibyte, open_mode::look));
    BOOST_TEST(map_size_of(options(std::nullopt)) == 4 * mebibyte);
}

BOOST_AUTO_TEST_CASE(opening_a_database_as_it_is_writes_nothing) {
    database_options as_it_is = options(4 * mebibyte);
    as_it_is.server_name = "example.org";
    (void)map_size_of(as_it_is);
    const std::string before = testing::read_file(folder.path() / "data.mdb");
    (void)map_size_of(options(std::nullopt));
    (void)map_size_of(options(4 * mebibyte));
    (void)map_size_of(options(4 * mebibyte, open_mode::create, true));
    (void)map_size_of(as_it_is);
    BOOST_TEST((testing::read_file(folder.path() / "data.mdb") == before));
}

BOOST_AUTO_TEST_CASE(a_smallest_map_holds_a_database) {
    database db(folder.path(), options(smallest_map_size));
    (void)testing::log_in(db, "@u:h");
    BOOST_TEST(testing::faults_of(db).empty());
}

BOOST_AUTO_TEST_CASE(a_map_that_another_process_has_recorded_as_larger_is_adopted) {
    testing::child_process other([&](testing::rendezvous& parent) {
        parent.wait();
        const database db(folder.path(), options(16 * mebibyte, open_mode::change));
    });
    database db(folder.path(), options(4 * mebibyte));
    BOOST_TEST(!db.adopt_recorded_map_size());
    other.signal();
    BOOST_REQUIRE(other.succeeds());
    BOOST_TEST(db.adopt_recorded_map_size());
    BOOST_TEST(db.env().map_size() == 16 * mebibyte);
    BOOST_TEST(!db.adopt_recorded_map_size());
}

BOOST_AUTO_TEST_CASE(a_server_name_is_recorded_when_it_is_first_given) {
    (void)open("");
    BOOST_TEST(recorded_name().empty());
    (void)open("example.org", open_mode::change);
    BOOST_TEST(recorded_name() == "example.org");
    (void)open("");
    (void)open("example.org");
    BOOST_TEST(recorded_name() == "example.org");
}

BOOST_AUTO_TEST_CASE(a_new_database_records_its_server_name) {
    (void)open("example.org:8448");
    BOOST_TEST(recorded_name() == "example.org:8448");
}

BOOST_AUTO_TEST_CASE(another_server_name_than_the_recorded_one_is_refused) {
    (void)open("example.org");
    for (const char* other : {"example.com", "example.org:8448", "example", "Example.org"})
        check_refused(other, "example.org");
    BOOST_TEST(recorded_name() == "example.org");
}

BOOST_AUTO_TEST_CASE(who_only_looks_records_no_server_name) {
    (void)open("");
    (void)open("example.org", open_mode::look);
    BOOST_TEST(recorded_name().empty());
}

BOOST_AUTO_TEST_CASE(a_server_name_is_refused_while_users_of_other_servers_have_tokens) {
    {
        database db = open("");
        (void)testing::log_in(db, "@mine:example.org");
        (void)testing::log_in(db, "@a\nforeigner:example.com");
    }
    check_refused("example.org", "foreigner:example.com");
    BOOST_TEST(recorded_name().empty());
    {
        database db = open("");
        (void)revoke_user(db, "@a\nforeigner:example.com");
    }
    (void)open("example.org");
    BOOST_TEST(recorded_name() == "example.org");
}

BOOST_AUTO_TEST_CASE(the_tokens_of_services_do_not_stand_in_the_way_of_a_server_name) {
    {
        database db = open("");
        (void)testing::log_in(db, "homeserver", "", domain::role::service);
    }
    (void)open("example.org");
    BOOST_TEST(recorded_name() == "example.org");
}

// They are not valid: nobody could revoke them.
BOOST_AUTO_TEST_CASE(the_tokens_of_a_broken_off_import_do_not_stand_in_the_way_of_a_server_name) {
    {
        database db = open("");
        write_txn txn(db.env());
        txn.put(db.all().imports, import_key{1}, import_record{1}.encode());
        const token_record staged{.import = 1, .user_id = "@foreigner:example.com", .device_id = {}};
        txn.put(db.all().tokens, token_key{sha256("token")}, staged.encode());
        txn.commit();
    }
    BOOST_CHECK_NO_THROW((void)open("example.org"));
    BOOST_TEST(recorded_name() == "example.org");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
