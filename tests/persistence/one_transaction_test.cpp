// A set is one transaction, and none at all where nothing is to be written; the token is looked up again inside it.

#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>

namespace pusherd::persistence {
namespace {

using testing::removal_of;
using testing::set_of;

struct alice_and_bob : testing::scratch_store {
    testing::session alice = log_in("@alice:h", "PHONE");
    testing::session bob = log_in("@bob:h");

    std::uint64_t transactions_of(const testing::session& by, domain::set_command what) {
        const std::uint64_t before = testing::last_transaction(db());
        (void)set(by, std::move(what));
        return testing::last_transaction(db()) - before;
    }

    void import_line(const std::string& line) {
        std::istringstream in(line);
        (void)import_tokens(db(), std::get<token_file>(token_file::read(in, "")), 1);
    }
};

// How lock.mdb begins (mdb.c, MDB_txbody): which transaction the next snapshot is taken of.
struct start_of_lock_file {
    std::uint32_t magic;
    std::uint32_t format;
    pthread_mutex_t readers;
    std::size_t last_transaction;
};

// As a process leaves it that was killed at the end of a commit: with the commit before the last. The process must be
// killed while it holds the write lock, for that is how the next writer knows.
void leave_lock_file_behind(database& db) {
    const auto last = static_cast<std::size_t>(testing::last_transaction(db));
    const std::size_t before = last - 1;
    const std::string path = db.folder() / "lock.mdb";
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    BOOST_TEST_REQUIRE(file >= 0);
    std::size_t found = 0;
    constexpr off_t at = offsetof(start_of_lock_file, last_transaction);
    BOOST_TEST_REQUIRE(::pread(file, &found, sizeof found, at) == static_cast<ssize_t>(sizeof found));
    BOOST_TEST_REQUIRE(found == last);
    BOOST_TEST_REQUIRE(::pwrite(file, &before, sizeof before, at) == static_cast<ssize_t>(sizeof before));
    ::close(file);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(one_transaction, alice_and_bob)

BOOST_AUTO_TEST_CASE(a_set_that_writes_is_one_transaction) {
    const testing::session carol = log_in("@carol:h");
    BOOST_TEST(transactions_of(alice, set_of("k")) == 1U);
    BOOST_TEST(transactions_of(bob, set_of("k", {.append = true})) == 1U);
    BOOST_TEST(transactions_of(carol, set_of("k")) == 1U);  // two evictions and a creation
    BOOST_TEST(transactions_of(carol, set_of("k", {.lang = "de"})) == 1U);
    BOOST_TEST(transactions_of(carol, removal_of("k")) == 1U);
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_no_transaction) {
    (void)set(alice, set_of("k"));
    BOOST_TEST(transactions_of(alice, set_of("k")) == 0U);
    BOOST_TEST(transactions_of(alice, set_of("k", {.append = true})) == 0U);
    BOOST_TEST(transactions_of(alice, removal_of("absent")) == 0U);
    BOOST_TEST(transactions_of(bob, removal_of("k")) == 0U);
}

BOOST_AUTO_TEST_CASE(the_set_of_a_token_that_was_revoked_meanwhile_writes_nothing) {
    (void)set(alice, set_of("k"));
    (void)set(bob, set_of("bobs"));
    (void)revoke_token(db(), bob.who.token);
    const testing::session alice_before = alice;
    (void)revoke_token(db(), alice.who.token);
    BOOST_TEST(transactions_of(alice_before, set_of("bobs")) == 0U);
    BOOST_TEST(set(alice_before, set_of("bobs")) == "unknown_token");
    BOOST_TEST(set(alice_before, set_of("k", {.lang = "de"})) == "unknown_token");
    BOOST_TEST(set(alice_before, removal_of("k")) == "unknown_token");
    BOOST_TEST(set(alice_before, removal_of("absent")) == "unknown_token");
    BOOST_TEST(testing::stored_pushers(db(), "@bob:h").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_that_was_never_issued_writes_nothing) {
    testing::session nobody = alice;
    nobody.who.token = sha256("guessed");
    BOOST_TEST(set(nobody, set_of("k")) == "unknown_token");
    BOOST_TEST(testing::stored_pushers(db(), "@alice:h").empty());
}

BOOST_AUTO_TEST_CASE(a_token_that_became_another_users_meanwhile_writes_nothing_for_the_first) {
    const testing::session before = alice;
    (void)revoke_token(db(), alice.who.token);
    import_line(alice.token + "\t@bob:h");
    BOOST_TEST(set(before, set_of("k")) == "unknown_token");
    BOOST_TEST(testing::stored_pushers(db(), "@alice:h").empty());
    BOOST_TEST(testing::stored_pushers(db(), "@bob:h").empty());
}

BOOST_AUTO_TEST_CASE(a_set_binds_to_the_device_that_its_token_has_when_it_commits) {
    const testing::session before = alice;
    import_line(alice.token + "\t@alice:h\tTABLET");
    BOOST_TEST(set(before, set_of("k")) == "created");
    BOOST_TEST(testing::stored_pushers(db(), "@alice:h").at(0).device_id == "TABLET");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(unchanged_is_not_told_from_a_snapshot_that_is_not_what_is_on_disk) {
    const testing::temporary_folder temporary;
    const std::filesystem::path folder = temporary.path() / "data";
    testing::child_process writer([&](testing::rendezvous& parent) {
        parent.wait();
        database db(folder, testing::fast_options());
        const write_txn txn(db.env());
        parent.signal();
        parent.wait();
    });
    testing::recording_logger log;
    database db(folder, testing::fast_options());
    lmdb_store store(db, log, {});
    const testing::session alice = testing::log_in(db, "@alice:h");
    (void)testing::perform(store, alice, set_of("k"));
    (void)testing::perform(store, alice, removal_of("k"));
    writer.signal();
    writer.wait();
    leave_lock_file_behind(db);
    writer.kill();

    BOOST_TEST(testing::pushkeys_of(store, alice) == "k ");  // such is the snapshot
    testing::awaited_set again(alice, set_of("k"));
    BOOST_TEST(!store.open_reader()->answer_without_writing(again));
    BOOST_TEST(testing::perform(store, alice, set_of("k")) == "created");
    BOOST_TEST(testing::pushkeys_of(store, alice) == "k ");
    BOOST_TEST(testing::faults_of(db).empty());
}

}  // namespace pusherd::persistence
