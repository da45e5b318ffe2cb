// A client that is too slow: 408 once a request has begun, a silent close when it is idle. These tests wait for real
// clocks, so slow cases run beside each other.

#include "tests/net/wire.hpp"

#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

net::server_settings short_idle_timeout() {
    auto settings = running_server::default_settings();
    settings.idle_timeout = 1s;
    return settings;
}

/// Sends a byte a second until the server answers or closes.
/// @return whether it did within the time
bool drip(http_connection& connection, std::string_view bytes, std::chrono::seconds time) {
    const auto end = clock::now() + time;
    while (clock::now() < end) {
        if (!bytes.empty()) {
            if (!connection.send(bytes.substr(0, 1))) return true;
            bytes.remove_prefix(1);
        }
        if (connection.is_readable_within(1s)) return true;
    }
    return false;
}

struct slow_client {
    std::string_view name;
    std::string at_once;
    std::string byte_by_byte;
    std::chrono::seconds at_least;  ///< before it is told that it was too slow
};

/// Plays a slow client; nothing if it was not answered.
std::optional<answer> play(const slow_client& client, std::uint16_t port, std::chrono::seconds& took) {
    try {
        http_connection connection(port);
        const auto begin = clock::now();
        connection.send(client.at_once);
        if (!drip(connection, client.byte_by_byte, 45s)) return std::nullopt;
        took = std::chrono::duration_cast<std::chrono::seconds>(clock::now() - begin);
        return connection.read_answer();
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// A client that asks for lists of some 230 KB, in all more than the system's buffers hold, and never reads: how long
/// it is kept, and how many whole answers were on their way by then.
struct deaf_client {
    static constexpr int requests = 300;

    explicit deaf_client(running_server& server) : server_(server), token_(server.token("@alice:example.org")) {
        auto alice = server.client(token_);
        for (char key = 'a'; key < 'a' + 15; ++key) {
            std::string body = pusher_body("app", std::string(1, key));
            body.insert(body.rfind("}}"), ",\"padding\":\"" + std::string(15'000, 'x') + '"');
            static_cast<void>(alice.set(body));
        }
    }

    void play() {
        http_connection connection(server_.port(), http_connection::buffers::small);
        const auto begin = clock::now();
        for (int i = 0; i < requests; ++i) connection.send(request("GET", list_path, token_));
        // Once it is answered the server counts it: until then its zero does not mean that it has given it up.
        answered = connection.is_readable_within(10s);
        while (server_.server().connections() != 0 && clock::now() < begin + 60s) std::this_thread::sleep_for(50ms);
        kept = std::chrono::duration_cast<std::chrono::seconds>(clock::now() - begin);
        try {
            while (connection.read_answer().status == 200) ++answers;
        } catch (const std::exception&) {
            return;  // the last one is cut off
        }
    }

    bool answered = false;
    std::chrono::seconds kept{};
    int answers = 0;

private:
    running_server& server_;
    std::string token_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(timeouts)

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_without_a_word) {
    running_server server(short_idle_timeout());
    http_connection fresh(server.port());
    http_connection used(server.port());
    used.send(request("GET", "/health"));
    BOOST_TEST(used.read_answer().status == 200);
    http_connection blank(server.port());
    blank.send("\r\n");
    http_connection half_a_line(server.port());
    half_a_line.send("\r");
    for (http_connection* each : {&fresh, &used, &blank, &half_a_line}) BOOST_TEST(closes(*each));
}

BOOST_AUTO_TEST_CASE(empty_lines_do_not_keep_an_idle_connection) {
    running_server server(short_idle_timeout());
    http_connection connection(server.port());
    std::string lines;
    for (int i = 0; i < 20; ++i) lines += "\r\n";
    BOOST_TEST(drip(connection, lines, 15s));
}

BOOST_AUTO_TEST_CASE(a_connection_in_use_is_not_idle) {
    running_server server(short_idle_timeout());
    http_connection connection(server.port());
    const auto end = clock::now() + 3s;
    while (clock::now() < end) {
        BOOST_TEST_REQUIRE(connection.send(request("GET", "/health")));
        BOOST_TEST(connection.read_answer().status == 200);
        std::this_thread::sleep_for(100ms);
    }
}

// And who does not read for thirty seconds is not kept any longer.
BOOST_AUTO_TEST_CASE(a_head_that_takes_more_than_ten_seconds_is_408_and_so_is_a_body_that_takes_more_than_thirty) {
    running_server server(short_idle_timeout());
    running_server without_readers(short_idle_timeout());
    deaf_client deaf(without_readers);
    std::thread deaf_thread([&] { deaf.play(); });
    const std::string alice = server.token("@alice:example.org");
    const std::string head = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    const std::string set = request("POST", set_path, alice, pusher_body("app", "key"));
    const std::string chunked_head = "POST " + set_path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + alice +
                                     "\r\nTransfer-Encoding: chunked\r\n\r\n";
    const slow_client clients[] = {
        {"a byte a second of a head", "", head, 9s},
        {"half a head, then nothing", head.substr(0, 8), "", 9s},
        {"a byte a second of a body", set.substr(0, set.size() - 100), set.substr(set.size() - 100), 29s},
        {"a byte a second of a chunked body", chunked_head, "ff\r\n" + std::string(100, ' '), 29s},
        {"half a body, then nothing", set.substr(0, set.size() - 100), "", 29s},
    };
    std::array<std::optional<answer>, std::size(clients)> answers;
    std::array<std::chrono::seconds, std::size(clients)> took{};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::size(clients); ++i)
        threads.emplace_back([&, i] { answers[i] = play(clients[i], server.port(), took[i]); });
    for (std::thread& each : threads) each.join();
    deaf_thread.join();
    BOOST_TEST(deaf.answered);
    BOOST_TEST((deaf.kept >= 29s && deaf.kept < 60s), "kept for " << deaf.kept.count() << " s");
    BOOST_TEST(deaf.answers < deaf_client::requests);
    for (std::size_t i = 0; i < std::size(clients); ++i) {
        BOOST_TEST_CONTEXT(clients[i].name) {
            BOOST_TEST_REQUIRE(answers[i].has_value());
            BOOST_TEST(answers[i]->status == 408);
            BOOST_TEST(answers[i]->errcode().starts_with("M_"));
            BOOST_TEST(answers[i]->field("connection") == "close");
            BOOST_TEST((took[i] >= clients[i].at_least));
        }
    }
    BOOST_TEST(pushkeys_of(server.client(alice).get()) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
