// Contract section 3, "Order of checks": what is refused before what, and before a byte of the body is asked for.

#include "tests/net/wire.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string alice = "@alice:example.org";
const std::string too_long = "Content-Length: 65537\r\n";
const std::string expecting = "Expect: 100-continue\r\n";

net::server_settings one_set_a_while() {
    auto settings = running_server::default_settings();
    settings.api.set_rate = 0.001;
    settings.api.set_burst = 1;
    return settings;
}

std::string head(const std::string& method, const std::string& path, const std::string& token,
                 const std::string& fields) {
    std::string out = method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n";
    if (!token.empty()) out += "Authorization: Bearer " + token + "\r\n";
    return out + fields + "\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(order_of_checks)

BOOST_AUTO_TEST_CASE(framing_then_route_then_length_then_token_then_rate_then_body) {
    running_server server(one_set_a_while());
    const std::string valid = server.token(alice);
    const std::string length_of_two = "Content-Length: 2\r\n";
    const auto answer_to = [&](const std::string& bytes) { return verdict(ask(server, bytes)); };

    BOOST_TEST(ask(server, head("POST", "/no/such/path", "", too_long + too_long)).status == 400);
    BOOST_TEST(ask(server, head("POST", "/no/such/path", "", "A: " + std::string(20'000, 'a') + "\r\n")).status == 431);
    BOOST_TEST(answer_to(head("POST", "/no/such/path", "", too_long)) == "404 M_UNRECOGNIZED");
    BOOST_TEST(answer_to(head("PUT", set_path, "", too_long)) == "405 M_UNRECOGNIZED");
    BOOST_TEST(answer_to(head("POST", set_path, "", too_long)) == "413 M_TOO_LARGE");
    BOOST_TEST(answer_to(head("POST", set_path, "unknown", too_long)) == "413 M_TOO_LARGE");
    BOOST_TEST(answer_to(head("POST", set_path, "unknown", length_of_two)) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(answer_to(head("POST", set_path, valid, length_of_two) + "{ ") ==
               "400 M_NOT_JSON");  // takes the one token
    BOOST_TEST(answer_to(head("POST", set_path, valid, length_of_two)) == "429 M_LIMIT_EXCEEDED");
    BOOST_TEST(answer_to(head("POST", set_path, valid, too_long)) == "413 M_TOO_LARGE");
    BOOST_TEST(answer_to(head("POST", set_path, "unknown", length_of_two)) == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_head_comes_instead_of_100_continue) {
    running_server server(one_set_a_while());
    const std::string valid = server.token(alice);
    const std::string service =
        persistence::issue_token(server.db(), {.user_id = "hs", .device_id = {}, .who = domain::role::service}, 0);
    BOOST_TEST(server.client(valid).set(pusher_body("org.example.app", "key")).status == 200);
    const std::string length = expecting + "Content-Length: 20\r\n";
    for (const auto& [bytes, status] : std::vector<std::pair<std::string, int>>{
             {head("POST", "/no/such/path", valid, length), 404},
             {head("PUT", set_path, valid, length), 405},
             {head("POST", set_path, valid, expecting + too_long), 413},
             {head("POST", set_path, "", length), 401},
             {head("POST", set_path, "unknown", length), 401},
             {head("POST", set_path, service, length), 403},
             {head("POST", set_path, valid, length), 429},
             {head("GET", list_path, "unknown", length), 401},
             {head("POST", set_path, "unknown", expecting + "Transfer-Encoding: chunked\r\n"), 401}}) {
        BOOST_TEST_CONTEXT("status " << status) {
            http_connection connection(server.port());
            connection.send(bytes);
            const answer got = connection.read_answer();
            BOOST_TEST(got.status == status);
            BOOST_TEST(got.field("connection") == "close");
            BOOST_TEST(closes(connection));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_client_that_expects_it_gets_100_continue_before_the_body) {
    running_server server;
    const std::string valid = server.token(alice);
    const std::string body = pusher_body("org.example.app", "key");
    http_connection connection(server.port());
    for (int i = 0; i < 3; ++i) {
        begin_set(connection, valid, body.size());
        connection.send(body);
        BOOST_TEST(connection.read_answer().status == 200);
    }
    connection.send(head("POST", set_path, valid, expecting + "Transfer-Encoding: chunked\r\n"));
    BOOST_TEST(connection.read_answer().status == 100);
    connection.send("2\r\n{}\r\n0\r\n\r\n");
    BOOST_TEST(verdict(connection.read_answer()) == "400 M_MISSING_PARAM");
}

BOOST_AUTO_TEST_CASE(there_is_no_100_continue_without_a_body_or_in_http_1_0) {
    running_server server;
    BOOST_TEST(ask(server, head("GET", "/health", "", expecting)).body == "OK");
    BOOST_TEST(ask(server, head("GET", "/health", "", expecting + "Content-Length: 0\r\n")).body == "OK");
    http_connection connection(server.port());
    connection.send("GET /health HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    BOOST_TEST(!connection.is_readable_within(std::chrono::milliseconds(50)));
    connection.send("x");
    BOOST_TEST(connection.read_answer().body == "OK");
}

BOOST_AUTO_TEST_CASE(a_refusal_reaches_the_client_that_is_still_sending) {
    running_server server;
    for (const std::size_t size : {100'000U, 500'000U, 900'000U}) {
        BOOST_TEST_CONTEXT(size) {
            http_connection connection(server.port());
            // All of it is taken: a reset while the client sends may destroy the answer that is on its way.
            BOOST_TEST(connection.send(request("POST", set_path, "unknown", std::string(size, 'x'))));
            BOOST_TEST(verdict(connection.read_answer()) == "413 M_TOO_LARGE");
            BOOST_TEST(closes(connection));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_without_an_unread_body_keeps_the_connection) {
    running_server server;
    http_connection connection(server.port());
    for (const std::string& each :
         {request("GET", "/no/such/path"), request("PUT", list_path), request("GET", list_path),
          request("POST", set_path, "unknown"), request("GET", list_path, "unknown")}) {
        connection.send(each);
        const answer got = connection.read_answer();
        BOOST_TEST(got.status >= 400);
        BOOST_TEST(got.fields.count("connection") == 0U);
    }
    connection.send(request("GET", "/health"));
    BOOST_TEST(connection.read_answer().body == "OK");
}

BOOST_AUTO_TEST_CASE(a_bad_body_that_was_read_keeps_the_connection) {
    running_server server;
    const std::string valid = server.token(alice);
    http_connection connection(server.port());
    for (int i = 0; i < 3; ++i) {
        connection.send(request("POST", set_path, valid, "no JSON"));
        const answer got = connection.read_answer();
        BOOST_TEST(verdict(got) == "400 M_NOT_JSON");
        BOOST_TEST(got.fields.count("connection") == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
