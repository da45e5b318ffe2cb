// Many requests in one go: carried out one after another, answered in order.

#include "tests/net/wire.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

struct conversation {
    std::string requests;
    std::vector<std::string> expected;
};

// Fifty requests: sets, the lists that show them, and refusals between them.
conversation mixed_requests(const std::string& token, const std::string& app) {
    conversation out;
    std::string keys;
    const auto add = [&](const std::string& bytes, const std::string& expected) {
        out.requests += bytes;
        out.expected.push_back(expected);
    };
    for (int i = 0; i < 10; ++i) {
        const std::string key = app + std::to_string(i);
        add(request("GET", list_path, token), "200 " + keys);
        add(request("POST", set_path, token, pusher_body(app, key)), "200 created");
        keys += key + ' ';
        add(i % 2 == 0 ? request("GET", list_path, token) : chunked_set(token, pusher_body(app, key), 50),
            i % 2 == 0 ? "200 " + keys : "200 unchanged");
        add(request("POST", set_path, token, "{\"bad\":"), "400 M_NOT_JSON");
        add(i % 2 == 0 ? request("GET", "/no/such/path") : request("GET", list_path),
            i % 2 == 0 ? "404 M_UNRECOGNIZED" : "401 M_MISSING_TOKEN");
    }
    return out;
}

std::string describe(const answer& got) {
    if (got.status != 200) return verdict(got);
    const std::string outcome = got.field("pusherd-outcome");
    return "200 " + (outcome.empty() ? pushkeys_of(got) : outcome);
}

void check_answers(http_connection& connection, const conversation& what) {
    for (const std::string& expected : what.expected) BOOST_TEST(describe(connection.read_answer()) == expected);
    BOOST_TEST(!connection.is_readable_within(std::chrono::milliseconds(0)));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipelining, running_server)

BOOST_AUTO_TEST_CASE(fifty_mixed_requests_in_one_send_are_answered_in_order) {
    const conversation what = mixed_requests(token("@alice:example.org"), "app");
    BOOST_TEST(what.expected.size() == 50U);
    http_connection connection(port());
    connection.send(what.requests);
    check_answers(connection, what);
}

BOOST_AUTO_TEST_CASE(fifty_mixed_requests_cut_up_anywhere_are_answered_in_order) {
    std::size_t seed = 1;
    for (int round = 0; round < 8; ++round) {
        const conversation what = mixed_requests(token("@user" + std::to_string(round) + ":example.org"), "app");
        http_connection connection(port());
        for (std::size_t at = 0; at < what.requests.size();) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            const std::size_t size = 1 + seed / 65536 % 700;
            connection.send(std::string_view(what.requests).substr(at, size));
            at += size;
            wait_until_at_rest();
        }
        check_answers(connection, what);
    }
}

BOOST_AUTO_TEST_CASE(what_stands_behind_a_refusal_that_closes_is_not_carried_out) {
    const std::string alice = token("@alice:example.org");
    http_connection connection(port());
    connection.send(request("POST", set_path, alice, pusher_body("app", "first")) +
                    request("POST", set_path, "unknown", pusher_body("app", "second")) +
                    request("POST", set_path, alice, pusher_body("app", "third")));
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(verdict(connection.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(closes(connection));
    BOOST_TEST(pushkeys_of(client(alice).get()) == "first ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
