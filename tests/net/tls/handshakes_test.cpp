// Handshakes that come to nothing.

#include "tests/net/tls/tls_server.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Sends the rest a byte at a time, and says when the server had enough; nothing if it never had.
std::optional<std::chrono::seconds> endured(std::uint16_t port, std::string_view at_once, std::string_view dripped) {
    http_connection connection(port);
    const auto begin = clock::now();
    connection.send(at_once);
    while (clock::now() < begin + 30s) {
        if (!dripped.empty() && !connection.send(dripped.substr(0, 1))) break;
        dripped.remove_prefix(std::min<std::size_t>(dripped.size(), 1));
        if (connection.is_readable_within(1s)) break;
    }
    if (clock::now() >= begin + 30s) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(clock::now() - begin);
}

net::server_settings at_most(std::size_t connections) {
    auto settings = running_server::default_settings();
    settings.max_connections = connections;
    return settings;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_handshakes, tls_server)

BOOST_AUTO_TEST_CASE(one_that_does_not_end_is_ended_after_ten_seconds_whatever_drips_in) {
    const std::string hello = client_hello();
    const std::array<std::pair<std::string, std::string>, 4> clients{
        {{"", ""}, {hello.substr(0, 3), ""}, {hello, ""}, {"", hello}}};
    std::array<std::optional<std::chrono::seconds>, 4> took;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients.size(); ++i)
        threads.emplace_back([&, i] {
            if (i != 2) took[i] = endured(server.port(), clients[i].first, clients[i].second);
        });
    // The one whose hello is answered has bytes to read at once, and is closed later.
    http_connection answered(server.port());
    answered.send(clients[2].first);
    for (std::thread& each : threads) each.join();
    for (const std::size_t i : {0U, 1U, 3U}) {
        BOOST_TEST_CONTEXT("client " << i) {
            BOOST_TEST_REQUIRE(took[i].has_value());
            BOOST_TEST((*took[i] >= 9s && *took[i] < 20s), took[i]->count() << " s");
        }
    }
    BOOST_TEST(eventually([this] { return server.server().is_idle(); }));
    BOOST_TEST(http().get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(plain_http_is_told_so_in_the_clear) {
    for (const char* method : {"GET", "POST", "HEAD", "PUT"}) {
        http_connection connection(server.port());
        connection.send(request(method, "/health"));
        const answer got = connection.read_answer();
        BOOST_TEST(got.status == 400, method);
        BOOST_TEST(got.error().find("TLS") != std::string::npos);
        BOOST_TEST(got.field("connection") == "close");
        BOOST_TEST(closes(connection));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_tls_is_closed_and_harms_nobody) {
    std::string noise;
    for (int i = 0; i < 3000; ++i) noise += static_cast<char>(i * 7919 % 251);
    const std::string hello = client_hello();
    for (const std::string& bytes :
         {noise, std::string(100, '\0'), std::string("\x16\x03\x01\xff\xff"), std::string("SSH-2.0-x\r\n"),
          hello.substr(0, 20) + noise, hello + noise, hello + hello}) {
        http_connection connection(server.port());
        connection.send(bytes);
        try {
            while (!connection.is_closed_within(10s)) static_cast<void>(connection.read_answer());
        } catch (const std::exception&) {  // an alert, and the end, are no answer
        }
        BOOST_TEST(eventually([this] { return server.server().is_idle(); }));
    }
    BOOST_TEST(http().get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_in_the_middle_is_forgotten) {
    const std::string hello = client_hello();
    for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{5}, hello.size() / 2, hello.size()}) {
        http_connection connection(server.port());
        connection.send(std::string_view(hello).substr(0, size));
        wait_until_at_rest();
    }
    BOOST_TEST(eventually([this] { return server.server().is_idle(); }));
    BOOST_TEST(http().get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(every_flipped_byte_of_a_hello_is_survived) {
    const std::string hello = client_hello();
    for (std::size_t i = 0; i < hello.size(); i += 3) {
        std::string bad = hello;
        bad[i] = static_cast<char>(bad[i] ^ 0x55);
        http_connection connection(server.port());
        connection.send(bad);
        connection.shutdown_send();
    }
    BOOST_TEST(http().get("/health").status == 200);
    BOOST_TEST(eventually([this] { return server.server().connections() <= 1U; }));
}

BOOST_AUTO_TEST_CASE(one_that_waits_makes_room_for_a_new_connection) {
    tls_server full(at_most(2));
    http_connection silent(full.server.port());
    wait_until_at_rest();  // they go to different threads: only now has it waited for longer
    http_connection half(full.server.port());
    half.send(client_hello().substr(0, 10));
    wait_until_at_rest();
    BOOST_TEST(full.http().get("/health").status == 200);
    BOOST_TEST(closes(silent));
    BOOST_TEST(!half.is_readable_within(0ms));
}

// In the clear, a 503 would be no answer to a client of TLS.
BOOST_AUTO_TEST_CASE(when_nobody_waits_the_new_one_is_closed_without_a_word) {
    tls_server full(at_most(1));
    const std::string alice = full.server.token("@alice:example.org");
    const std::string body = pusher_body("app", "key");
    http_connection first = full.connect();
    begin_set(first, alice, body.size());
    http_connection second(full.server.port());
    BOOST_TEST(closes(second));
    first.send(body);
    BOOST_TEST(first.read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_them) {
    http_connection silent(server.port());
    http_connection half(server.port());
    half.send(client_hello().substr(0, 10));
    wait_until_at_rest();
    server.server().begin_stop();
    server.server().end_idle_connections();
    BOOST_TEST(closes(silent));
    BOOST_TEST(closes(half));
    BOOST_TEST(eventually([this] { return server.server().is_idle(); }));
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_by_a_stop_and_what_is_in_flight_is_answered) {
    const std::string alice = server.token("@alice:example.org");
    const std::string body = pusher_body("app", "key");
    http_connection idle = connect();
    http_connection busy = connect();
    begin_set(busy, alice, body.size());
    server.server().begin_stop();
    server.server().end_idle_connections();
    BOOST_TEST(closes(idle));
    busy.send(body);
    const answer got = busy.read_answer();
    BOOST_TEST(got.field("pusherd-outcome") == "created");
    BOOST_TEST(got.field("connection") == "close");
    BOOST_TEST(closes(busy));
    BOOST_TEST(eventually([this] { return server.server().is_idle(); }));
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_after_the_idle_timeout) {
    auto settings = running_server::default_settings();
    settings.idle_timeout = 1s;
    tls_server impatient(settings);
    http_connection fresh = impatient.connect();
    http_connection used = impatient.connect();
    used.send(request("GET", "/health"));
    BOOST_TEST(used.read_answer().status == 200);
    BOOST_TEST(closes(fresh));
    BOOST_TEST(closes(used));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
