// A disk that fails: every write and every sync of every operation in turn.

#include "tests/faults/sweep.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>

namespace pusherd::testing {
namespace {

// Where LMDB declares the database broken, which is when it cannot write a meta page, the process is to end.
sweep_result sweep_every_operation(const fault& how) {
    faulty_server under_test;
    sweep_result all;
    for (const operation& each : every_operation()) {
        const sweep_result seen = sweep(under_test, each, how);
        BOOST_TEST_MESSAGE(each.name << ": " << seen);
        BOOST_TEST(seen.wrong == "");
        all.failed_calls += seen.failed_calls;
        all.restarts += seen.restarts;
    }
    BOOST_TEST(all.failed_calls > 0U);
    BOOST_TEST(under_test.server().stop().status == 0);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(storage_faults)

BOOST_AUTO_TEST_CASE(each_write_of_each_operation_finds_the_disk_full) {
    const sweep_result seen = sweep_every_operation({.kind = call_kind::write, .error = ENOSPC});
    BOOST_TEST(seen.restarts > 0U);
    BOOST_TEST(seen.restarts < seen.failed_calls);
}

BOOST_AUTO_TEST_CASE(each_write_of_each_operation_finds_the_disk_full_half_way) {
    (void)sweep_every_operation({.kind = call_kind::write, .error = ENOSPC, .tears = true});
}

BOOST_AUTO_TEST_CASE(each_write_of_each_operation_fails) {
    (void)sweep_every_operation({.kind = call_kind::write, .error = EIO});
}

BOOST_AUTO_TEST_CASE(from_each_write_on_all_fail_until_there_is_room_again) {
    (void)sweep_every_operation({.kind = call_kind::write, .error = ENOSPC, .is_lasting = true});
}

BOOST_AUTO_TEST_CASE(each_sync_of_each_operation_fails) {
    const sweep_result seen = sweep_every_operation({.kind = call_kind::sync, .error = EIO});
    BOOST_TEST(seen.restarts == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
