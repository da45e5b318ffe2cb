// A system that has no descriptors, buffers or memory for another connection.

#include "tests/faults/sweep.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

// Waits until so many calls of the kind that is armed have been made.
void wait_for_calls(fault_injector& faults, std::uint64_t calls) {
    for (int i = 0; i < 12'000 && faults.calls() < calls; ++i) std::this_thread::sleep_for(10ms);
    BOOST_TEST_REQUIRE(faults.calls() >= calls);
}

std::string list(http_client& client) { return perform(client, {}); }

struct server_with_a_client : faulty_server {
    http_client old = client(alice());
    server_with_a_client() { BOOST_TEST(list(old) == "200"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(connection_faults)

BOOST_FIXTURE_TEST_CASE(a_connection_that_cannot_be_accepted_yet_is_accepted_later, server_with_a_client) {
    for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EINTR}) {
        faults().arm({.kind = call_kind::accept, .error = error});
        http_client newcomer = client(bob());
        BOOST_TEST(list(newcomer) == "200", std::strerror(error));
        BOOST_TEST(faults().disarm() == 1U);
        BOOST_TEST(list(old) == "200");
    }
}

BOOST_FIXTURE_TEST_CASE(while_no_connection_can_be_accepted_the_others_are_served_and_no_core_is_burnt,
                        server_with_a_client) {
    faults().arm({.kind = call_kind::accept, .error = EMFILE, .is_lasting = true});
    const auto begin = std::chrono::steady_clock::now();
    http_connection newcomer(server().port());
    newcomer.send(request("GET", "/_matrix/client/v3/pushers", bob()));
    wait_for_calls(faults(), 1);
    BOOST_TEST(list(old) == "200");
    BOOST_TEST(perform(old, pusher_body("org.example.app", "key")) == "200");
    wait_for_calls(faults(), 4);
    BOOST_TEST((std::chrono::steady_clock::now() - begin > 1900ms));  // it tries once a second
    BOOST_TEST(faults().disarm() >= 4U);
    BOOST_TEST(newcomer.read_answer().status == 200);
    BOOST_TEST(server().process().errors().find("could not be accepted: Too many open files") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_cannot_be_watched_is_told_so, server_with_a_client) {
    for (const int error : {ENOMEM, ENOSPC}) {
        const operation each{.name = "list", .request = {}, .preparation = {}};
        const sweep_result seen = sweep(*this, each, {.kind = call_kind::watch, .error = error});
        BOOST_TEST(seen.wrong == "");
        BOOST_TEST(seen.failed_calls > 0U);
        BOOST_TEST(list(old) == "200");
    }
}

BOOST_FIXTURE_TEST_CASE(a_listener_that_cannot_be_watched_again_is_tried_until_it_can, server_with_a_client) {
    faults().arm({.kind = call_kind::accept, .error = EMFILE});
    http_connection newcomer(server().port());
    newcomer.send(request("GET", "/_matrix/client/v3/pushers", bob()));
    wait_for_calls(faults(), 1);
    faults().arm({.kind = call_kind::watch, .error = ENOMEM, .is_lasting = true});
    wait_for_calls(faults(), 2);
    BOOST_TEST(list(old) == "200");
    faults().disarm();
    BOOST_TEST(newcomer.read_answer().status == 200);
}

// Beyond --max-connections, the way of a new connection is longer: another one is asked to make room for it.
BOOST_AUTO_TEST_CASE(without_memory_a_full_server_goes_on_listening) {
    faulty_server full({"--max-connections", "4"});
    for (std::uint64_t nth = 1; nth < 100; ++nth) {
        std::vector<http_client> others;
        for (int i = 0; i < 4; ++i) {
            others.push_back(full.client(full.alice()));
            BOOST_TEST(list(others.back()) == "200");
        }
        full.faults().arm({.kind = call_kind::allocation, .error = ENOMEM, .nth = nth});
        http_client newcomer = full.client(full.bob());
        const std::string got = list(newcomer);
        const std::uint64_t failed = full.faults().disarm();
        BOOST_TEST((got == "200" || got == "500 M_UNKNOWN" || got == "503 M_UNKNOWN"), got << " at " << nth);
        http_client next = full.client(full.bob());
        BOOST_TEST(list(next) == "200");
        if (failed == 0) break;
        BOOST_TEST_REQUIRE(nth < 99U);
    }
    BOOST_TEST(full.server().stop().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
