// A database of schema 3 has no tables of what waits for pushers, one of schema 2 none of sessions that have ended.

#include "persistence/records/bytes.hpp"
#include "persistence/registry/backup.hpp"
#include "persistence/registry/session_end_log.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/persistence/told_store.hpp"

#include <boost/test/unit_test.hpp>
#include <lmdb.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

void check(int result) { BOOST_REQUIRE_EQUAL(result, MDB_SUCCESS); }

void drop_tables(const std::filesystem::path& folder, const std::vector<const char*>& names) {
    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    check(mdb_env_create(&env));
    check(mdb_env_set_maxdbs(env, 16));
    check(mdb_env_open(env, folder.c_str(), 0, 0600));
    check(mdb_txn_begin(env, nullptr, 0, &txn));
    for (const char* name : names) {
        MDB_dbi table = 0;
        check(mdb_dbi_open(txn, name, 0, &table));
        check(mdb_drop(txn, table, 1));
    }
    check(mdb_txn_commit(txn));
    mdb_env_close(env);
}

/// A user with a pusher, in a database that is taken back to a schema.
struct old_database {
    explicit old_database(std::uint32_t schema) {
        {
            database db(folder, testing::fast_options());
            alice = testing::log_in(db, "@alice:h", "PHONE");
            testing::recording_logger log;
            lmdb_store store(db, log, {});
            BOOST_TEST(perform(store, alice, testing::set_of("phone")) == "created");
            write_txn txn(db.env());
            std::string bytes;
            append(bytes, schema);
            txn.put(db.all().meta, meta_key{"schema"}, bytes);
            txn.commit();
        }
        std::vector<const char*> younger{"queues", "tombstones"};
        if (schema < first_schema_with_session_ends) younger.push_back("session-ends");
        drop_tables(folder, younger);
    }

    [[nodiscard]] database open(open_mode mode) const {
        auto options = testing::fast_options();
        options.mode = mode;
        return {folder, options};
    }

    void check_is_read_as_it_is(std::uint32_t schema) const {
        database db = open(open_mode::look);
        BOOST_TEST(take_statistics(db).schema == schema);
        BOOST_TEST(take_statistics(db).pushers == 1U);
        BOOST_TEST(count_waiting_pokes(db).queues == 0U);
        BOOST_TEST(testing::faults_of(db).empty());
        BOOST_TEST(testing::stored_pushers(db, "@alice:h").size() == 1U);
    }

    testing::temporary_folder temporary;
    std::filesystem::path folder = temporary.path() / "data";
    testing::session alice;
};

void check_tells(database& db) {
    write_txn txn(db.env());
    const domain::notification told{
        .user_id = "@alice:h", .event_id = "$1", .source = R"({"event_id":"$1"})", .tweaks = {}};
    BOOST_TEST(enqueue(txn, db.all(), told, 1) == 1U);
    txn.commit();
    BOOST_TEST(count_waiting_pokes(db).pokes == 1U);
    BOOST_TEST(testing::faults_of(db).empty());
}

struct database_of_schema_2 : old_database {
    database_of_schema_2() : old_database(2) {}
};

struct database_of_schema_3 : old_database {
    database_of_schema_3() : old_database(3) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema_2, database_of_schema_2)

BOOST_AUTO_TEST_CASE(who_only_looks_reads_it_as_it_is) { check_is_read_as_it_is(2); }

BOOST_AUTO_TEST_CASE(who_may_write_adds_the_tables) {
    database db = open(open_mode::change);
    BOOST_TEST(take_statistics(db).schema == schema_version);
    BOOST_TEST(testing::faults_of(db).empty());
    {
        write_txn txn(db.env());
        BOOST_TEST(record_session_end(txn, db.all(), {"@alice:h", "", ""}, std::chrono::hours{1}));
        txn.commit();
    }
    check_tells(db);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(schema_3, database_of_schema_3)

BOOST_AUTO_TEST_CASE(who_only_looks_reads_it_as_it_is) { check_is_read_as_it_is(3); }

BOOST_AUTO_TEST_CASE(who_may_write_adds_the_tables_in_one_transaction) {
    const auto last = [this] {
        database db = open(open_mode::look);
        return testing::last_transaction(db);
    }();
    database db = open(open_mode::create);
    BOOST_TEST(testing::last_transaction(db) == last + 1);
    BOOST_TEST(take_statistics(db).schema == schema_version);
    BOOST_TEST(testing::stored_pushers(db, "@alice:h").size() == 1U);
    check_tells(db);
}

BOOST_AUTO_TEST_CASE(what_is_removed_after_the_migration_has_no_queue) {
    database db = open(open_mode::change);
    BOOST_TEST(revoke_user(db, "@alice:h").pushers == 1U);
    BOOST_TEST(testing::faults_of(db).empty());
}

// A copy is of the schema of what is copied, and is brought to this one by whoever writes.
BOOST_AUTO_TEST_CASE(a_backup_of_it_is_migrated_as_well) {
    const auto copy = temporary.path() / "copy";
    {
        database db = open(open_mode::look);
        back_up(db, copy);
    }
    database db(copy, testing::fast_options());
    BOOST_TEST(take_statistics(db).schema == schema_version);
    check_tells(db);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
