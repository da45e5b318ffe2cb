// A thousand requests in one burst over one connection: all carried out, one after another, and answered in order.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string list_path = "/_matrix/client/v3/pushers";
const std::string set_path = list_path + "/set";

struct conversation {
    std::string requests;
    std::vector<std::string> expected;

    void add(const std::string& bytes, std::string answer) {
        requests += bytes;
        expected.push_back(std::move(answer));
    }
};

std::string refused_request(int round, const std::string& token) {
    switch (round % 4) {
        case 0: return request("POST", set_path, token, "{\"kind\":");
        case 1: return request("GET", "/no/such/path", token);
        case 2: return request("GET", list_path);
        default: return request("POST", set_path, token, R"({"kind":"http"})");
    }
}

std::string refusal_of(int round) {
    constexpr const char* refusals[]{"400 M_NOT_JSON", "404 M_UNRECOGNIZED", "401 M_MISSING_TOKEN",
                                     "400 M_MISSING_PARAM"};
    return refusals[round % 4];
}

// Two hundred rounds of five: a set that changes, the list that shows it, a set that changes nothing, a refusal, and
// the list of somebody else, whose key Alice's set has not touched.
conversation thousand_requests(const std::string& alice, const std::string& bob) {
    conversation out;
    for (int round = 0; round < 200; ++round) {
        const std::string lang = "lang" + std::to_string(round);
        const std::string set = request("POST", set_path, alice, pusher_body("app", "key", lang));
        out.add(set, round == 0 ? "200 created" : "200 updated");
        out.add(request("GET", list_path, alice), "200 " + lang + ' ');
        out.add(set, "200 unchanged");
        out.add(refused_request(round, alice), refusal_of(round));
        out.add(request("GET", list_path, bob), "200 bobs bobs bobs bobs ");
    }
    return out;
}

std::string languages_in(const answer& list) {
    std::string out;
    const auto body = list.json();
    for (const auto& item : body.at("pushers").as_array()) (out += item.at("lang").as_string().c_str()) += ' ';
    return out;
}

std::string describe(const answer& got) {
    if (got.status != 200) return std::to_string(got.status) + ' ' + got.errcode();
    const std::string outcome = got.field("pusherd-outcome");
    return "200 " + (outcome.empty() ? languages_in(got) : outcome);
}

struct two_users {
    pusherd_folder folder;
    pusherd_server server{folder.data(), {"--set-rate", "0"}};
    std::string alice = folder.issue("@alice:example.org");
    std::string bob = folder.issue("@bob:example.org");

    /// @param padding makes each of his four pushers so much larger
    void register_bob(std::size_t padding = 0) {
        http_client client = server.client(bob);
        for (const char* key : {"a", "b", "c", "d"}) {
            std::string body = pusher_body("app", key, "bobs");
            body.insert(body.rfind("}}"), ",\"padding\":\"" + std::string(padding, 'x') + '"');
            BOOST_REQUIRE_EQUAL(client.set(body).status, 200);
        }
    }
};

void check_answers(http_connection& connection, const conversation& what) {
    for (std::size_t i = 0; i < what.expected.size(); ++i)
        BOOST_TEST_CONTEXT("request " << i) BOOST_TEST(describe(connection.read_answer()) == what.expected[i]);
    BOOST_TEST(!connection.is_readable_within(std::chrono::milliseconds(0)));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(thousand_requests_in_one_burst, two_users)

BOOST_AUTO_TEST_CASE(are_answered_in_order_and_completely) {
    register_bob();
    const conversation what = thousand_requests(alice, bob);
    BOOST_TEST(what.expected.size() == 1000U);
    http_connection connection(server.port());
    std::thread sender([&] { connection.send(what.requests); });
    check_answers(connection, what);
    sender.join();
}

// Some 60 KB a list, and 200 of them: more than the system takes on the way, so the server has to wait in the middle.
BOOST_AUTO_TEST_CASE(are_answered_as_well_when_the_answers_are_read_late) {
    register_bob(15'000);
    const conversation what = thousand_requests(alice, bob);
    http_connection connection(server.port(), http_connection::buffers::small);
    std::thread sender([&] { connection.send(what.requests); });
    std::this_thread::sleep_for(std::chrono::seconds(1));
    http_connection other(server.port());
    other.send(request("GET", "/health"));
    BOOST_TEST(other.read_answer().status == 200);
    check_answers(connection, what);
    sender.join();
}

BOOST_AUTO_TEST_CASE(end_with_the_first_that_closes) {
    register_bob();
    conversation what = thousand_requests(alice, bob);
    const std::string last_set = request("POST", set_path, alice, pusher_body("app", "key", "last"));
    what.add("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n" + last_set,
             "400 M_UNKNOWN");
    http_connection connection(server.port());
    std::thread sender([&] { connection.send(what.requests); });
    for (std::size_t i = 0; i < what.expected.size(); ++i)
        BOOST_TEST(describe(connection.read_answer()) == what.expected[i]);
    BOOST_TEST(connection.is_closed_within(std::chrono::seconds(10)));
    sender.join();
    BOOST_TEST(languages_in(server.client(alice).get()) == "lang199 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
