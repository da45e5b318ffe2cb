// The body of POST /_pusherd/v1/notify: how large it may be, how it comes, and what is looked at before it does.

#include "persistence/registry/statistics.hpp"
#include "tests/net/wire.hpp"

#include <malloc.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace pusherd::testing {
namespace {

const std::string path = "/_pusherd/v1/notify";
const std::string length_16_mib = "Content-Length: 16777216\r\n";
const std::string one_byte_more = "Content-Length: 16777217\r\n";
const std::string expecting = "Expect: 100-continue\r\n";

// Valid, and of exactly this size.
std::string body_of_size(std::size_t bytes) {
    std::string body =
        R"({"user_id":"@alice:example.org","notification":{"event_id":"$)" + std::to_string(bytes) + "\"}}";
    return body.insert(body.size() - 1, bytes - body.size(), ' ');
}

std::string head(const std::string& token, const std::string& fields) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n" + fields + "\r\n";
}

std::string in_chunks(const std::string& body, std::size_t size) {
    std::ostringstream out;
    out << std::hex;
    for (std::size_t at = 0; at < body.size(); at += size) {
        const std::string chunk = body.substr(at, size);
        out << chunk.size() << "\r\n" << chunk << "\r\n";
    }
    out << "0\r\n\r\n";
    return out.str();
}

struct notified_server : running_server {
    std::string service = token_as(domain::role::service, "homeserver");

    explicit notified_server(const net::server_settings& settings = default_settings()) : running_server(settings) {
        BOOST_TEST(client_of("@alice:example.org").set(pusher_body("app", "key")).status == 200);
    }

    std::uint64_t waiting() { return persistence::count_waiting_pokes(db()).pokes; }
};

net::server_settings settings_with(std::size_t max_notify_body) {
    auto settings = running_server::default_settings();
    settings.threads = 1;
    settings.api.max_notify_body = max_notify_body;
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_notifications)

BOOST_FIXTURE_TEST_CASE(they_may_be_larger_than_others, notified_server) {
    BOOST_TEST(client(service).post(path, body_of_size(100'000)).body == R"({"queued":1})");
    BOOST_TEST(client(service).post(path, body_of_size(std::size_t{16} << 20)).body == R"({"queued":1})");
    BOOST_TEST(verdict(client(service).post("/_pusherd/v1/sessions/end", std::string(65537, ' '))) ==
               "413 M_TOO_LARGE");
}

BOOST_AUTO_TEST_CASE(the_limit_is_the_operators_with_a_length_and_in_chunks) {
    notified_server server(settings_with(300));
    for (const std::size_t size : {300U, 301U}) {
        const std::string expected = size == 300 ? "200" : "413 M_TOO_LARGE";
        const std::string body = body_of_size(size);
        BOOST_TEST(verdict(ask(server, request("POST", path, server.service, body))) == expected);
        for (const std::size_t chunk : {1U, 50U, 1000U})
            BOOST_TEST(verdict(ask(server, head(server.service, "Transfer-Encoding: chunked\r\n") +
                                               in_chunks(body, chunk))) == expected);
    }
    const answer refused = ask(server, request("POST", path, server.service, body_of_size(301)));
    BOOST_TEST(refused.error() == "The body may have at most 300 bytes.");
    BOOST_TEST(refused.field("connection") == "close");
    BOOST_TEST(verdict(server.client_of("@bob:example.org").set(pusher_body("app", "key"))) == "200");
}

BOOST_FIXTURE_TEST_CASE(what_its_head_says_is_checked_before_it_comes, notified_server) {
    const std::string user = token("@alice:example.org");
    const auto refusal_of = [&](const std::string& who, const std::string& fields) {
        http_connection connection(port());
        connection.send(head(who, expecting + fields));
        const std::string got = verdict(connection.read_answer());
        BOOST_TEST(closes(connection));
        return got;
    };
    BOOST_TEST(refusal_of(service, one_byte_more) == "413 M_TOO_LARGE");
    for (const std::string& fields : {length_16_mib, std::string("Transfer-Encoding: chunked\r\n")}) {
        BOOST_TEST(refusal_of(user, fields) == "403 M_FORBIDDEN");
        BOOST_TEST(refusal_of("unknown", fields) == "401 M_UNKNOWN_TOKEN");
        http_connection connection(port());
        connection.send(head(service, expecting + fields));
        BOOST_TEST(connection.read_answer().status == 100);
    }
}

BOOST_FIXTURE_TEST_CASE(who_expects_it_is_told_to_go_on, notified_server) {
    const std::string body = body_of_size(200'000);
    http_connection connection(port());
    connection.send(head(service, expecting + "Content-Length: 200000\r\n"));
    BOOST_TEST(connection.read_answer().status == 100);
    connection.send(body);
    BOOST_TEST(connection.read_answer().body == R"({"queued":1})");
    connection.send(head(service, expecting + "Transfer-Encoding: chunked\r\n"));
    BOOST_TEST(connection.read_answer().status == 100);
    connection.send(in_chunks(body, 10'000));
    BOOST_TEST(connection.read_answer().body == R"({"queued":0})");
}

BOOST_AUTO_TEST_CASE(by_a_token_that_is_revoked_meanwhile_nothing_is_handed_over) {
    notified_server server(settings_with(1000));
    auto other = server.client_of("@bob:example.org");
    http_connection connection(server.port());
    {
        persistence::write_txn txn(server.db().env());
        connection.send(request("POST", path, server.service, body_of_size(200)));
        // One thread: when it has answered twice behind the request, that waits for the disk.
        for (int i = 0; i < 2; ++i) BOOST_TEST(other.get().status == 200);
        BOOST_TEST(txn.erase(server.db().all().tokens, persistence::token_key{persistence::sha256(server.service)}));
        txn.commit();
    }
    BOOST_TEST(verdict(connection.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(server.waiting() == 0U);
}

// A connection that goes on sends the next request at once, and is never idle.
BOOST_FIXTURE_TEST_CASE(they_do_not_stay_in_memory, notified_server) {
    http_connection connection(port());
    const auto in_use = [] {
        const struct mallinfo2 heap = ::mallinfo2();
        return heap.uordblks + heap.hblkhd;
    };
    const std::string large = request("POST", path, service, body_of_size(std::size_t{4} << 20));
    const std::string next = "GET /health HTTP/1.1\r\nHost: x\r\n";
    const std::size_t before = in_use();
    connection.send(large + next);
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(in_use() < before + (std::size_t{1} << 20));
    connection.send("\r\n");
    BOOST_TEST(connection.read_answer().body == "OK");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
