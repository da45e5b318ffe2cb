// A client that sends requests and takes no answers, until the server cannot get rid of them any more.

#include "tests/net/wire.hpp"

#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

constexpr int rounds = 3000;

// A list of some 30 KB: less than what is sent before more is made, so that a set finds it still unsent.
void fill_list(http_client& user) {
    for (int i = 0; i < 2; ++i) {
        std::string body = pusher_body("app", "large" + std::to_string(i));
        body.insert(body.rfind("}}"), ",\"padding\":\"" + std::string(15'000, 'x') + '"');
        BOOST_TEST(user.set(body).status == 200);
    }
}

// Each set writes: one that would change nothing is answered at once.
std::string lists_and_sets(const std::string& token) {
    std::string out;
    for (int i = 0; i < rounds; ++i) {
        out += request("GET", list_path, token);
        out += request("POST", set_path, token, pusher_body("app", "key", "lang" + std::to_string(i)));
    }
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(slow_readers, running_server)

BOOST_AUTO_TEST_CASE(a_client_that_reads_late_gets_all_its_answers_in_order) {
    const std::string alice = token("@alice:example.org");
    auto user = client(alice);
    fill_list(user);
    http_connection connection(port());
    std::thread sender([&] { connection.send(lists_and_sets(alice)); });
    // Nothing is read until the answers have filled all that lies between, and nobody gets any further.
    wait_until_at_rest();
    for (int i = 0; i < rounds; ++i) {
        BOOST_TEST(connection.read_answer().body.size() > 30'000U);
        BOOST_TEST(connection.read_answer().status == 200);
    }
    sender.join();
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_without_reading_harms_nobody) {
    const std::string alice = token("@alice:example.org");
    auto user = client(alice);
    fill_list(user);
    for (int i = 0; i < 5; ++i) {
        http_connection connection(port());
        std::thread sender([&] { connection.send(lists_and_sets(alice)); });
        wait_until_at_rest();
        connection.shutdown_both();
        sender.join();
    }
    BOOST_TEST(user.set(pusher_body("app", "after")).field("pusherd-outcome") == "created");
    BOOST_TEST(client().get("/health").body == "OK");
}

BOOST_AUTO_TEST_CASE(a_long_answer_arrives_although_it_is_read_slowly) {
    const std::string alice = token("@alice:example.org");
    auto user = client(alice);
    fill_list(user);
    const std::string expected = user.get().body;
    http_connection connection(port());
    for (int i = 0; i < 300; ++i) connection.send(request("GET", list_path, alice));
    for (int i = 0; i < 300; ++i) BOOST_TEST(connection.read_answer().body == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
