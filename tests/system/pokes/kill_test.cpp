// Killed at random, while notifications come in and go out: whatever was answered with 200 reaches the gateway, in its
// order, and hardly anything twice. PUSHERD_TORTURE_ROUNDS says how often; the end prints what was seen.

#include "tests/system/pokes/poking_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr unsigned users = 50;
constexpr unsigned most_a_round = 90;  // of a pusher: of more than a hundred that wait, the oldest go

unsigned rounds() {
    const char* const wanted = std::getenv("PUSHERD_TORTURE_ROUNDS");
    return wanted != nullptr ? static_cast<unsigned>(std::stoul(wanted)) : 4;
}

std::string user_number(unsigned i) { return "@u" + std::to_string(i) + ":example.org"; }

/// What was handed over, and what has arrived: the events of a user are numbered.
struct history {
    std::map<std::string, unsigned> answered;  // the number of the last one, by pushkey
    std::map<std::string, unsigned> arrived;   // the same; all before it have arrived as well
    std::uint64_t pokes = 0;
    std::uint64_t repeated = 0;
    std::vector<std::string> gaps;

    void add(const upstream_request& poke) {
        const std::string event = event_in(poke);
        const std::string pushkey = pushkeys_in(poke);
        const unsigned number = static_cast<unsigned>(std::stoul(event.substr(1)));
        unsigned& last = arrived[pushkey.substr(0, pushkey.size() - 1)];
        ++pokes;
        if (number <= last)
            ++repeated;
        else if (number == last + 1)
            last = number;
        else
            gaps.push_back(pushkey + std::to_string(number) + " after " + std::to_string(last));
    }

    // What is missing, for whoever looks for a fault.
    [[nodiscard]] std::string missing() const {
        std::string all;
        for (const auto& [pushkey, last] : answered) {
            const auto found = arrived.find(pushkey);
            const unsigned came = found == arrived.end() ? 0 : found->second;
            if (came < last) all += pushkey + ": " + std::to_string(came) + " of " + std::to_string(last) + "; ";
        }
        for (const std::string& gap : gaps) all += gap + "; ";
        return all;
    }

    [[nodiscard]] bool is_complete() const {
        return std::all_of(answered.begin(), answered.end(), [&](const auto& each) {
            const auto found = arrived.find(each.first);
            return found != arrived.end() && found->second >= each.second;
        });
    }
};

struct torture : poking_server {
    history seen;
    std::minstd_rand random{std::random_device{}()};

    torture() {
        for (unsigned i = 0; i < users; ++i) {
            json::object body = json::parse(pusher_body(app, "k" + std::to_string(i))).as_object();
            body["data"] = json::object{{"url", gateway().url()}};
            const std::string token = folder().issue(user_number(i));
            BOOST_TEST_REQUIRE(server().client(token).set(json::serialize(body)).status == 200);
        }
    }

    [[nodiscard]] std::string batch(unsigned number) const {
        json::array all;
        for (unsigned i = 0; i < users; ++i)
            all.push_back(json::object{{"user_id", user_number(i)},
                                       {"notification", {{"event_id", "$" + std::to_string(number)}}}});
        return json::serialize(json::object{{"notifications", std::move(all)}});
    }

    // One that is not answered may be there, and may not: the next one has the same number, and is told once.
    void send_until_killed(unsigned first) {
        http_client homeserver = as_service();
        try {
            for (unsigned number = first; number < first + most_a_round; ++number) {
                if (homeserver.post("/_pusherd/v1/notify", batch(number)).status != 200) return;
                for (unsigned i = 0; i < users; ++i) seen.answered["k" + std::to_string(i)] = number;
            }
        } catch (const std::exception&) {  // it is gone
        }
    }

    void take_what_arrived() {
        for (const upstream_request& each : stub().take_requests()) seen.add(each);
    }

    void wait_until_all_arrived() {
        const bool have_arrived = comes_true([&] {
            take_what_arrived();
            return seen.is_complete();
        });
        BOOST_TEST_REQUIRE(have_arrived, seen.missing().substr(0, 2000));
    }

    void kill_while_sending() {
        const unsigned first = seen.answered.empty() ? 1 : seen.answered.begin()->second + 1;
        std::thread sender([&] { send_until_killed(first); });
        std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(100, 1500)(random)));
        kill();
        sender.join();
    }
};

}  // namespace

// What has been answered is noted at once: a kill repeats what was at the gateway, and no more.
constexpr unsigned places_of_a_gateway = 8;

BOOST_AUTO_TEST_SUITE(poke_torture)

BOOST_FIXTURE_TEST_CASE(whatever_was_answered_arrives_in_its_order_and_hardly_twice, torture) {
    for (unsigned i = 0; i < rounds(); ++i) {
        kill_while_sending();
        take_what_arrived();
        start();
        wait_until_all_arrived();
    }
    BOOST_TEST(server().stop().status == 0);
    take_what_arrived();
    BOOST_TEST(seen.gaps.empty(), seen.missing().substr(0, 2000));
    BOOST_TEST(seen.repeated * 100 <= seen.pokes);
    BOOST_TEST(seen.repeated <= rounds() * places_of_a_gateway);
    BOOST_TEST_MESSAGE(rounds() << " kills, " << seen.pokes << " pokes, " << seen.repeated << " of them twice");
    BOOST_TEST(seen.pokes > rounds() * users);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
