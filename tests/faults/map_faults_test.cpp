// A map that is full, and one that cannot grow.

#include "tests/faults/faulty_server.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

std::string large_pusher(int number) {
    return pusher_body("org.example.app", "key" + std::to_string(number), std::string(1000, 'l'));
}

std::string removal(int number) { return removal_body("org.example.app", "key" + std::to_string(number)); }

std::string token_lines(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i)
        lines += "imported-" + std::to_string(i) + "\t@user" + std::to_string(i) + ":example.org\n";
    return lines;
}

struct server_with_a_small_map : faulty_server {
    server_with_a_small_map() : faulty_server({"--map-size", "262144"}) {}

    // How many sets of alice's, then of bob's, were stored before one was refused.
    int fill(http_client& as_alice, http_client& as_bob) {
        for (int stored = 0; stored < 200; ++stored) {
            const std::string got = perform(stored < 90 ? as_alice : as_bob, large_pusher(stored));
            if (got == "200") continue;
            BOOST_TEST(got == "500 M_UNKNOWN");
            return stored;
        }
        return -1;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(map_faults)

BOOST_FIXTURE_TEST_CASE(with_a_full_map_deletes_make_room_and_sets_work_again_without_a_restart,
                        server_with_a_small_map) {
    http_client as_alice = client(alice());
    http_client as_bob = client(bob());
    const int stored = fill(as_alice, as_bob);
    BOOST_TEST_REQUIRE(stored > 0);
    const std::string full = state();
    int refused = 0;
    for (int i = 0; i < stored; ++i) {
        const std::string got = perform(i < 90 ? as_alice : as_bob, removal(i));
        if (got == "200") continue;
        BOOST_TEST(got == "500 M_UNKNOWN");
        ++refused;
    }
    BOOST_TEST_MESSAGE(stored << " stored, of whose deletes " << refused << " were refused");
    BOOST_TEST(refused == 0);
    BOOST_TEST(state() != full);
    BOOST_TEST(fill(as_alice, as_bob) > stored / 2);
    BOOST_TEST(state().ends_with("]}\n"));  // verify() finds nothing wrong
}

BOOST_AUTO_TEST_CASE(a_map_that_cannot_be_adopted_ends_the_process_and_nothing_is_lost) {
    for (const bool by_a_set : {false, true}) {
        faulty_server under_test({"--map-size", "1048576"});
        http_client alice = under_test.client(under_test.alice());
        BOOST_TEST(perform(alice, large_pusher(1)) == "200");
        under_test.folder().print({"token", "import", "-", "--map-size", "67108864"}, token_lines(20'000));

        under_test.faults().arm({.kind = call_kind::map, .error = ENOMEM, .is_lasting = true});
        std::vector<std::thread> others;
        for (int i = 0; i < 8; ++i)
            others.emplace_back([&] {
                http_client asking = under_test.client(under_test.bob());
                (void)perform(asking, by_a_set ? large_pusher(2) : std::string());
            });
        for (std::thread& each : others) each.join();
        under_test.faults().disarm();
        const process_end ended = under_test.end_and_restart();
        BOOST_TEST(ended.status == 1, ended.err);
        BOOST_TEST(ended.err.find("exiting, to be restarted") != std::string::npos, ended.err);

        http_client again = under_test.client(under_test.alice());
        BOOST_TEST(pushkeys_in(again.get()) == "key1 ");
        BOOST_TEST(under_test.state().ends_with("]}\n"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
