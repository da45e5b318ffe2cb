// The whole binary against a naive model of what it is to do. PUSHERD_MODEL_SEED=n repeats one run.

#include "tests/model/model_run.hpp"

#include <boost/test/unit_test.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr int commands_a_seed = 4200;

std::vector<std::uint64_t> seeds() {
    if (const char* one = std::getenv("PUSHERD_MODEL_SEED"); one != nullptr) return {std::stoull(one)};
    const auto clock = std::chrono::system_clock::now().time_since_epoch().count();
    return {1, 2, 3, 4, static_cast<std::uint64_t>(clock)};
}

// Every commit waits for the disk; in memory, that is nothing. What outlives a loss of power is not asked here.
void put_databases_into_memory() {
    if (::access("/dev/shm", W_OK | X_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
}

void compare_with_model(std::uint64_t seed) {
    model_run run(seed);
    try {
        run.perform(commands_a_seed);
        run.finish();
    } catch (const std::exception& problem) {
        BOOST_FAIL("PUSHERD_MODEL_SEED=" << seed << ": " << problem.what() << "\nafter\n" << run.history());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_test)

BOOST_AUTO_TEST_CASE(the_server_does_what_a_naive_model_does_under_random_commands_and_restarts) {
    put_databases_into_memory();
    for (const std::uint64_t seed : seeds()) compare_with_model(seed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
