// A process that is killed while it reads must not keep freed pages from being used again for ever.

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"
#include "persistence/records/keys.hpp"
#include "persistence/records/token_record.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

namespace pusherd::persistence {
namespace {

using entries_table = table<meta_key, meta_record>;

constexpr environment_options options{.map_size = 1 << 20, .sync = false};

// Writes many times what the map can hold; each time in the place of the time before.
void rewrite(environment& env) {
    for (int i = 0; i < 100; ++i) {
        write_txn txn(env);
        const auto entries = txn.create<entries_table>("entries");
        txn.put(entries, meta_key{"a"}, std::string(100'000, static_cast<char>('a' + i % 26)));
        txn.commit();
    }
}

// In a process of its own: stays in a snapshot until it is killed.
void read_for_ever(const std::filesystem::path& folder, testing::rendezvous& parent) {
    environment env(folder, options);
    rewrite(env);
    snapshot_reader reader(env);
    reader([&](const read_txn&) {
        parent.signal();
        parent.wait();
    });
}

bool is_map_full(const storage_error& error) { return error.is_map_full(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(stale_readers)

BOOST_AUTO_TEST_CASE(the_slot_of_a_killed_reader_is_cleared) {
    const testing::temporary_folder folder;
    testing::child_process other([&](testing::rendezvous& parent) { read_for_ever(folder.path(), parent); });
    other.wait();
    environment env(folder.path(), options);
    BOOST_CHECK_EXCEPTION(rewrite(env), storage_error, is_map_full);  // it reads: its pages stay
    other.kill();
    BOOST_CHECK_EXCEPTION(rewrite(env), storage_error, is_map_full);
    env.clear_stale_readers();
    rewrite(env);
}

BOOST_AUTO_TEST_CASE(the_slot_of_a_killed_reader_is_cleared_when_the_environment_is_opened) {
    const testing::temporary_folder folder;
    testing::child_process survivor([&](testing::rendezvous& parent) {
        parent.wait();
        const environment keeps_the_lock_file_in_use(folder.path(), options);
        parent.signal();
        parent.wait();
    });
    testing::child_process other([&](testing::rendezvous& parent) { read_for_ever(folder.path(), parent); });
    other.wait();
    survivor.signal();
    survivor.wait();
    other.kill();
    environment env(folder.path(), options);
    rewrite(env);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
