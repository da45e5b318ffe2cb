// Two users who register the same key at the same moment without append leave exactly one.

#include "tests/net/wire.hpp"

#include <array>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr int races = 1000;

/// How many pushers a user has who can have one at most.
std::size_t count_pushers(http_client& user) { return user.get().json().at("pushers").as_array().size(); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(races_for_a_key, running_server)

BOOST_AUTO_TEST_CASE(two_users_racing_with_the_same_key_leave_exactly_one_holder_a_thousand_times_in_a_row) {
    const std::array<std::string, 2> tokens{token("@alice:example.org"), token("@bob:example.org")};
    std::array<int, 2> refused{};
    std::array<int, 2> deleted{};
    std::array<std::size_t, 2> holds{};
    int wrong = 0;
    std::barrier line(2);
    std::vector<std::thread> racers;
    for (std::size_t me = 0; me < 2; ++me) {
        racers.emplace_back([&, me] {
            http_client user = client(tokens[me]);
            for (int race = 0; race < races; ++race) {
                const std::string key = "key" + std::to_string(race);
                line.arrive_and_wait();
                refused[me] += user.set(pusher_body("app", key)).status == 200 ? 0 : 1;
                line.arrive_and_wait();
                holds[me] = count_pushers(user);
                line.arrive_and_wait();
                if (me == 0 && holds[0] + holds[1] != 1) ++wrong;
                deleted[me] += user.set(removal_body("app", key)).field("pusherd-outcome") == "deleted" ? 1 : 0;
            }
        });
    }
    for (std::thread& each : racers) each.join();
    BOOST_TEST(refused[0] + refused[1] == 0);
    BOOST_TEST(wrong == 0);
    BOOST_TEST(deleted[0] + deleted[1] == races);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
