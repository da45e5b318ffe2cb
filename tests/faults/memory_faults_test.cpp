// No memory: every allocation of every operation in turn, and none at all.

#include "tests/faults/sweep.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

constexpr fault no_memory{.kind = call_kind::allocation, .error = ENOMEM};
constexpr fault no_memory_at_all{.kind = call_kind::allocation, .error = ENOMEM, .is_lasting = true};

// What a process keeps for the next request differs from moment to moment: buffers, a few of them.
constexpr std::int64_t kept_blocks = 200;

void sweep_every_operation(faulty_server& under_test, const fault& how) {
    for (const operation& each : every_operation()) {
        const sweep_result seen = sweep(under_test, each, how);
        BOOST_TEST_MESSAGE(each.name << ": " << seen);
        BOOST_TEST(seen.wrong == "");
        BOOST_TEST(seen.failed_calls > 0U);
        BOOST_TEST(seen.restarts == 0U);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_faults)

BOOST_AUTO_TEST_CASE(each_allocation_of_each_operation_fails_in_turn_and_nothing_leaks) {
    faulty_server under_test;
    sweep_every_operation(under_test, no_memory);
    const std::int64_t blocks = under_test.faults().blocks();
    const std::size_t descriptors = under_test.descriptors();
    sweep_every_operation(under_test, no_memory);
    BOOST_TEST(under_test.faults().blocks() < blocks + kept_blocks);
    // A connection that was just closed may still count, before and after.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (under_test.descriptors() > descriptors && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(under_test.descriptors() <= descriptors);
    BOOST_TEST(under_test.server().stop().status == 0);
}

BOOST_AUTO_TEST_CASE(from_each_allocation_on_all_fail_until_there_is_memory_again) {
    faulty_server under_test;
    sweep_every_operation(under_test, no_memory_at_all);
    BOOST_TEST(under_test.server().stop().status == 0);
}

BOOST_AUTO_TEST_CASE(without_any_memory_lists_go_on_and_sets_are_refused) {
    faulty_server under_test;
    const std::string key = pusher_body("org.example.app", "key");
    http_client alice = under_test.client(under_test.alice());
    http_client bob = under_test.client(under_test.bob());
    BOOST_TEST(perform(alice, key) == "200");
    BOOST_TEST(perform(bob, {}) == "200");
    const std::string before = under_test.state();

    under_test.faults().arm(no_memory_at_all);
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(perform(alice, {}) == "200");
        BOOST_TEST(perform(bob, pusher_body("org.example.app", "other" + std::to_string(i))) == "500 M_UNKNOWN");
        http_client newcomer = under_test.client(under_test.bob());
        BOOST_TEST(perform(newcomer, {}) == "500 M_UNKNOWN");
    }
    BOOST_TEST(under_test.faults().disarm() > 0U);
    BOOST_TEST(under_test.server().process().errors().find("out of memory") != std::string::npos);

    BOOST_TEST(under_test.state() == before);
    BOOST_TEST(perform(bob, pusher_body("org.example.app", "other")) == "200");
}

BOOST_AUTO_TEST_CASE(without_any_memory_a_signal_still_ends_it_in_good_order) {
    faulty_server under_test;
    http_client idle = under_test.client(under_test.alice());
    BOOST_TEST(perform(idle, {}) == "200");
    under_test.faults().arm(no_memory_at_all);
    const process_end& ended = under_test.server().stop();
    BOOST_TEST(ended.status == 0, ended.err);
    BOOST_TEST(ended.err.find("stopped") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
