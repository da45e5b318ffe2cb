// What `pusherd stat` counts.

#include "persistence/registry/statistics.hpp"

#include "persistence/registry/tokens.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

namespace pusherd::persistence {
namespace {

using testing::set_of;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(database_statistics, testing::scratch_store)

BOOST_AUTO_TEST_CASE(a_new_database_has_nothing) {
    const statistics found = take_statistics(db());
    BOOST_TEST(found.users == 0U);
    BOOST_TEST(found.pushers == 0U);
    BOOST_TEST(found.tokens == 0U);
    BOOST_TEST(found.schema == schema_version);
    BOOST_TEST(found.server_name.empty());
}

BOOST_AUTO_TEST_CASE(users_pushers_and_tokens_are_counted) {
    const auto alice = log_in("@alice:h");
    const auto bob = log_in("@bob:h");
    (void)log_in("@without:h");
    (void)testing::log_in(db(), "homeserver", "", domain::role::service);
    for (const char* key : {"1", "2", "3"}) (void)set(alice, set_of(key));
    (void)set(bob, set_of("1", {.append = true}));
    const statistics full = take_statistics(db());
    BOOST_TEST(full.users == 2U);
    BOOST_TEST(full.pushers == 4U);
    BOOST_TEST(full.tokens == 4U);

    (void)set(alice, set_of("1"));
    (void)set(alice, testing::removal_of("2"));
    (void)revoke_token(db(), bob.who.token);
    const statistics fewer = take_statistics(db());
    BOOST_TEST(fewer.users == 1U);
    BOOST_TEST(fewer.pushers == 2U);
    BOOST_TEST(fewer.tokens == 3U);
}

BOOST_AUTO_TEST_CASE(the_last_transaction_is_the_last_that_was_committed) {
    const auto alice = log_in("@alice:h");
    const auto before = take_statistics(db()).last_transaction;
    (void)set(alice, set_of("k"));
    BOOST_TEST(take_statistics(db()).last_transaction == before + 1);
    (void)set(alice, set_of("k"));
    BOOST_TEST(take_statistics(db()).last_transaction == before + 1);
}

BOOST_AUTO_TEST_CASE(the_file_and_the_free_space_in_the_map_are_measured) {
    const statistics found = take_statistics(db());
    BOOST_TEST(found.file_bytes == std::filesystem::file_size(db().folder() / "data.mdb"));
    BOOST_TEST(found.map_bytes == 8 * testing::mebibyte);
    BOOST_TEST(found.map_free_bytes < found.map_bytes);
    BOOST_TEST(found.map_free_bytes > found.map_bytes - testing::mebibyte);

    (void)set(log_in("@alice:h"), set_of("k", {.lang = std::string(200'000, 'x')}));
    const statistics fuller = take_statistics(db());
    BOOST_TEST(fuller.map_free_bytes <= found.map_free_bytes - 200'000);
}

BOOST_AUTO_TEST_CASE(space_that_was_freed_is_free) {
    const auto alice = log_in("@alice:h");
    const auto before = take_statistics(db()).map_free_bytes;
    (void)set(alice, set_of("k", {.lang = std::string(200'000, 'x')}));
    (void)set(alice, testing::removal_of("k"));
    BOOST_TEST(take_statistics(db()).map_free_bytes > before - 100'000);
}

BOOST_AUTO_TEST_CASE(reader_slots_are_counted) {
    testing::scratch_database scratch;
    database& db = scratch.db();
    BOOST_TEST(take_statistics(db).readers == 1U);
    snapshot_reader others[3]{snapshot_reader(db.env()), snapshot_reader(db.env()), snapshot_reader(db.env())};
    for (snapshot_reader& each : others) each([](const read_txn&) {});  // each keeps its slot for the next time
    BOOST_TEST(take_statistics(db).readers == 4U);
    BOOST_TEST(db.env().readers().slots == 3U);
}

BOOST_AUTO_TEST_CASE(the_oldest_reader_is_told_by_its_transaction) {
    const auto alice = log_in("@alice:h");
    snapshot_reader old(db().env());
    const auto before = take_statistics(db());
    BOOST_TEST(before.oldest_reader == before.last_transaction);
    old.read_latest([](const read_txn&) {});
    (void)set(alice, set_of("k"));
    const auto while_it_reads = take_statistics(db());
    BOOST_TEST(while_it_reads.last_transaction > before.last_transaction);
    BOOST_TEST(while_it_reads.oldest_reader == before.last_transaction);
    old.rest();
    const auto after = take_statistics(db());
    BOOST_TEST(after.oldest_reader == after.last_transaction);
}

BOOST_AUTO_TEST_CASE(the_server_name_is_told) {
    database_options named = testing::fast_options();
    named.server_name = "example.org";
    testing::scratch_database scratch(named);
    BOOST_TEST(take_statistics(scratch.db()).server_name == "example.org");
}

BOOST_AUTO_TEST_CASE(who_only_looks_gets_them_too) {
    const testing::temporary_folder folder;
    {
        database db(folder.path(), testing::fast_options());
        (void)testing::log_in(db, "@alice:h");
    }
    database_options look = testing::fast_options();
    look.mode = open_mode::look;
    database db(folder.path(), look);
    BOOST_TEST(take_statistics(db).tokens == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
