// What was answered survives the process: `kill -9` at any moment leaves each set whole or absent.

#include "tests/support/child_process.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

namespace pusherd::persistence {
namespace {

constexpr int pushers = 100;

// In a process of its own: sets, and tells each answer.
void set_for_ever(const std::filesystem::path& folder, testing::rendezvous& parent) {
    testing::recording_logger log;
    database db(folder, {.map_size = 8 * testing::mebibyte, .server_name = {}});
    lmdb_store store(db, log, {});
    const testing::session alice = testing::log_in(db, "@alice:h", "PHONE");
    for (int i = 0;; ++i) {
        const std::string lang = std::to_string(i / pushers);
        (void)testing::perform(store, alice, testing::set_of(std::to_string(i % pushers), {.lang = lang}), i);
        parent.signal();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(survival)

BOOST_AUTO_TEST_CASE(every_set_that_was_answered_is_there_after_the_process_was_killed) {
    for (const int answered : {0, 1, 2, 50, 150}) {
        const testing::temporary_folder folder;
        testing::child_process server([&](testing::rendezvous& parent) { set_for_ever(folder.path(), parent); });
        for (int i = 0; i < answered; ++i) server.wait();
        server.kill();
        database db(folder.path(), testing::fast_options());
        BOOST_TEST(testing::faults_of(db).empty());
        const auto stored = testing::stored_pushers(db, "@alice:h");
        BOOST_TEST(stored.size() >= static_cast<std::size_t>(std::min(answered, pushers)));
        for (int i = std::max(0, answered - pushers); i < answered; ++i)
            BOOST_TEST(stored.at(static_cast<std::size_t>(i % pushers)).updated >= i);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
