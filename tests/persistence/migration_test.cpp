// "An older schema is migrated in one transaction": what schema 1 held is there afterwards, to the letter.

#include "persistence/registry/backup.hpp"
#include "persistence/registry/statistics.hpp"
#include "tests/support/schema_1.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

using testing::set_of;

database_options options_for(open_mode mode) {
    auto options = testing::fast_options();
    options.mode = mode;
    return options;
}

/// A database of schema 1 with more users than a migration has in memory at a time.
struct old_database {
    static constexpr int users = 2100;

    testing::temporary_folder temporary;
    testing::session alice;
    std::vector<testing::stored_pusher> before;

    [[nodiscard]] std::filesystem::path folder() const { return temporary.path() / "data"; }

    [[nodiscard]] std::unique_ptr<database> open(open_mode mode) const {
        return std::make_unique<database>(folder(), options_for(mode));
    }

    static std::string user(int i) { return "@u" + std::to_string(i) + ":h"; }

    old_database() {
        const auto db = open(open_mode::create);
        alice = testing::log_in(*db, "@alice:h", "PHONE");
        {
            testing::recording_logger log;
            lmdb_store store(*db, log, {});
            for (const char* key : {"1", "2"}) BOOST_TEST(perform(store, alice, set_of(key), 5) == "created");
            const auto nowhere = testing::log_in(*db, "@alice:h");
            const auto email = set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"});
            BOOST_TEST(perform(store, nowhere, email, 6) == "created");
        }
        fill(*db);
        before = testing::stored_pushers(*db, "@alice:h");
        testing::take_back_to_schema_1(*db);
    }

    static void fill(database& db) {
        write_txn txn(db.env());
        for (int i = 0; i < users; ++i) {
            const auto wanted = std::get<domain::upsert>(set_of("of u" + std::to_string(i)));
            const digest128 key = digest_of(wanted.key);
            const registration one{.key = key, .created = i, .updated = i, .kind = wanted.kind, .shown = wanted.shown};
            txn.put(db.all().users, user_key{user(i)}, user_record::encode(std::vector{one}));
            txn.put(db.all().holders, holder_key{key, user(i)}, "");
        }
        txn.commit();
    }
};

void check_same(const std::vector<testing::stored_pusher>& found, const std::vector<testing::stored_pusher>& wanted) {
    BOOST_REQUIRE_EQUAL(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        BOOST_TEST(found[i].shown == wanted[i].shown);
        BOOST_TEST(found[i].device_id == wanted[i].device_id);
        BOOST_TEST(found[i].created == wanted[i].created);
        BOOST_TEST(found[i].updated == wanted[i].updated);
        BOOST_CHECK(found[i].kind == wanted[i].kind);
        BOOST_TEST(found[i].enabled);
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migration, old_database)

BOOST_AUTO_TEST_CASE(who_may_write_brings_an_older_schema_to_this_one) {
    const auto db = open(open_mode::change);
    BOOST_TEST(take_statistics(*db).schema == schema_version);
    BOOST_TEST(testing::faults_of(*db).empty());
    check_same(testing::stored_pushers(*db, "@alice:h"), before);
    for (int i = 0; i < users; ++i) BOOST_REQUIRE_EQUAL(testing::stored_pushers(*db, user(i)).size(), 1U);
}

BOOST_AUTO_TEST_CASE(it_is_one_transaction) {
    const auto last = testing::last_transaction(*open(open_mode::look));
    BOOST_TEST(testing::last_transaction(*open(open_mode::change)) == last + 1);
    BOOST_TEST(testing::last_transaction(*open(open_mode::create)) == last + 1);
}

BOOST_AUTO_TEST_CASE(a_list_shows_the_state_of_what_was_there_before) {
    const auto db = open(open_mode::create);
    testing::recording_logger log;
    lmdb_store store(*db, log, {});
    const auto one = std::get<domain::upsert>(set_of("1"));
    BOOST_TEST(testing::items_of(store, alice).starts_with(testing::listed(one, true, "PHONE") + ','));
    BOOST_TEST(perform(store, alice, set_of("1")) == "unchanged");
}

BOOST_AUTO_TEST_CASE(who_only_looks_reads_it_as_it_is) {
    const auto db = open(open_mode::look);
    BOOST_TEST(take_statistics(*db).schema == 1U);
    BOOST_TEST(testing::faults_of(*db).empty());
    check_same(testing::stored_pushers(*db, "@alice:h"), before);
}

BOOST_AUTO_TEST_CASE(a_map_that_is_too_small_for_it_leaves_all_as_it_was) {
    const std::filesystem::path compact = temporary.path() / "compact";
    back_up(*open(open_mode::look), compact);  // it has no free pages
    auto options = options_for(open_mode::change);
    options.map_size = std::filesystem::file_size(compact / "data.mdb");
    options.may_shrink_map = true;
    BOOST_CHECK_THROW(database(compact, options), unusable_database);
    BOOST_TEST(take_statistics(*std::make_unique<database>(compact, options_for(open_mode::look))).schema == 1U);
    options.map_size = 8 * testing::mebibyte;
    {
        database grown(compact, options);
        BOOST_TEST(take_statistics(grown).schema == schema_version);
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_a_migration_would_have_left_behind_is_a_fault) {
    const auto db = open(open_mode::create);
    {
        write_txn txn(db->env());
        const auto pushers = user_record::decode(txn.find(db->all().users, user_key{user(7)})->bytes()).registrations();
        const std::string old = testing::user_record_of_schema_1(pushers);
        txn.put(db->all().users, user_key{user(7)}, old);
        txn.commit();
    }
    BOOST_TEST(testing::faults_of(*db) == std::vector<std::string>{"users @u7:h: has a record of another schema"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
