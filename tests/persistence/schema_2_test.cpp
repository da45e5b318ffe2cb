// A database of schema 2 has no table of sessions that have ended.

#include "persistence/records/bytes.hpp"
#include "persistence/registry/session_end_log.hpp"
#include "persistence/registry/statistics.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <lmdb.h>

#include <filesystem>
#include <string>

namespace pusherd::persistence {
namespace {

void check(int result) { BOOST_REQUIRE_EQUAL(result, MDB_SUCCESS); }

void take_back_to_schema_2(const std::filesystem::path& folder) {
    {
        database db(folder, testing::fast_options());
        write_txn txn(db.env());
        std::string schema;
        append(schema, std::uint32_t{2});
        txn.put(db.all().meta, meta_key{"schema"}, schema);
        txn.commit();
    }
    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    MDB_dbi table = 0;
    check(mdb_env_create(&env));
    check(mdb_env_set_maxdbs(env, 16));
    check(mdb_env_open(env, folder.c_str(), 0, 0600));
    check(mdb_txn_begin(env, nullptr, 0, &txn));
    check(mdb_dbi_open(txn, "session-ends", 0, &table));
    check(mdb_drop(txn, table, 1));
    check(mdb_txn_commit(txn));
    mdb_env_close(env);
}

struct database_of_schema_2 {
    database_of_schema_2() { take_back_to_schema_2(folder); }

    [[nodiscard]] database open(open_mode mode) const {
        auto options = testing::fast_options();
        options.mode = mode;
        return {folder, options};
    }

    testing::temporary_folder temporary;
    std::filesystem::path folder = temporary.path() / "data";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema_2, database_of_schema_2)

BOOST_AUTO_TEST_CASE(who_only_looks_reads_it_as_it_is) {
    database db = open(open_mode::look);
    BOOST_TEST(take_statistics(db).schema == 2U);
    BOOST_TEST(testing::faults_of(db).empty());
}

BOOST_AUTO_TEST_CASE(who_may_write_adds_the_table) {
    database db = open(open_mode::change);
    BOOST_TEST(take_statistics(db).schema == schema_version);
    BOOST_TEST(testing::faults_of(db).empty());
    write_txn txn(db.env());
    BOOST_TEST(record_session_end(txn, db.all(), {"@alice:h", "", ""}, std::chrono::hours{1}));
    txn.commit();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
