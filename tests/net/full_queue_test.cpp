// More sets than the store takes.

#include "tests/net/held_server.hpp"
#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {
namespace {

struct full_server : held_server {
    full_server() { store.full = true; }
    ~full_server() { stop(); }

    std::uint16_t port = start();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(full_queues)

BOOST_FIXTURE_TEST_CASE(a_set_is_429_and_says_when_to_come_back, full_server) {
    http_client alice(port, "any");
    const answer refused = alice.set(pusher_body("app", "key"));
    BOOST_TEST(verdict(refused) == "429 M_LIMIT_EXCEEDED");
    BOOST_TEST(refused.field("retry-after") == "1");
    BOOST_TEST(refused.json().at("retry_after_ms").to_number<int>() == 1000);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_done_for_it_first, full_server) {
    http_client alice(port, "any");
    BOOST_TEST(verdict(alice.set("no JSON")) == "429 M_LIMIT_EXCEEDED");
}

// Its body has been read, so the next request of the connection is: a set as soon as there is room.
BOOST_FIXTURE_TEST_CASE(the_connection_goes_on, full_server) {
    http_connection connection(port);
    const std::string set = request("POST", set_path, "any", pusher_body("app", "key"));
    connection.send(set);
    BOOST_TEST(connection.read_answer().field("connection") == "");
    connection.send(request("GET", "/health"));
    BOOST_TEST(connection.read_answer().status == 200);
    store.full = false;
    connection.send(set);
    store.submitted.get_future().get()->on_done();
    BOOST_TEST(connection.read_answer().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
