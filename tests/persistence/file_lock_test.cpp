// Locks that last as long as the process that holds them, at most.

#include "persistence/engine/storage_error.hpp"
#include "persistence/files/data_folder.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace pusherd::persistence {

BOOST_AUTO_TEST_SUITE(file_locks)

BOOST_AUTO_TEST_CASE(a_lock_is_held_by_one_at_a_time) {
    const testing::temporary_folder folder;
    const auto path = folder.path() / "lock";
    {
        const file_lock lock = file_lock::try_to_take(path);
        BOOST_TEST(lock.held());
        BOOST_TEST(!file_lock::try_to_take(path).held());
        BOOST_TEST(testing::mode_of(path) == 0600U);
    }
    BOOST_TEST(file_lock::try_to_take(path).held());
}

BOOST_AUTO_TEST_CASE(a_lock_can_be_handed_on) {
    const testing::temporary_folder folder;
    const auto path = folder.path() / "lock";
    std::optional<file_lock> first(file_lock::try_to_take(path));
    const file_lock second(std::move(*first));
    first.reset();
    BOOST_TEST(second.held());
    BOOST_TEST(!file_lock::try_to_take(path).held());
}

BOOST_AUTO_TEST_CASE(a_killed_process_holds_no_lock) {
    const testing::temporary_folder folder;
    const auto path = folder.path() / "lock";
    testing::child_process other([&](testing::rendezvous& parent) {
        const file_lock lock = file_lock::try_to_take(path);
        parent.signal();
        parent.wait();
    });
    other.wait();
    BOOST_TEST(!file_lock::try_to_take(path).held());
    other.kill();
    BOOST_TEST(file_lock::try_to_take(path).held());
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_folder_gets_it_when_the_other_is_done) {
    const testing::temporary_folder folder;
    testing::child_process other([&](testing::rendezvous& parent) {
        const file_lock lock = file_lock::wait_for(folder.path());
        parent.signal();
        parent.wait();
        testing::write_file(folder.path() / "done", "");
    });
    other.wait();
    other.signal();
    const file_lock lock = file_lock::wait_for(folder.path());
    BOOST_TEST(testing::contents_of(folder.path()).contains("done"));
}

BOOST_AUTO_TEST_CASE(what_is_not_there_cannot_be_locked) {
    const testing::temporary_folder folder;
    BOOST_CHECK_THROW((void)file_lock::wait_for(folder.path() / "absent"), unusable_database);
}

// Whoever may read a folder can.
BOOST_AUTO_TEST_CASE(one_that_somebody_keeps_is_not_waited_for_for_ever) {
    const testing::temporary_folder folder;
    const file_lock kept = file_lock::wait_for(folder.path());
    BOOST_CHECK_EXCEPTION((void)file_lock::wait_for(folder.path(), std::chrono::seconds(1)), unusable_database,
                          [](const unusable_database& why) {
                              return std::string_view(why.what()).find("held the lock") != std::string_view::npos;
                          });
    BOOST_CHECK_THROW((void)file_lock::try_to_take(folder.path() / "absent" / "lock"), unusable_database);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
