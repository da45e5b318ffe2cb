// How long a connection lives: HTTP/1.0 and 1.1, and a client that has sent its last byte.

#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {

BOOST_FIXTURE_TEST_SUITE(connection_life, running_server)

BOOST_AUTO_TEST_CASE(http_1_1_stays_open_unless_told_to_close) {
    http_connection connection(port());
    for (int i = 0; i < 3; ++i) {
        connection.send(request("GET", "/health"));
        BOOST_TEST(connection.read_answer().fields.count("connection") == 0U);
    }
    connection.send(request("GET", "/health", {}, {}, close_field) + request("GET", "/health"));
    BOOST_TEST(connection.read_answer().field("connection") == "close");
    BOOST_TEST(closes(connection));
}

// RFC 9112, C.2.2: to keep it, the answer would have to say so.
BOOST_AUTO_TEST_CASE(http_1_0_closes_whether_or_not_it_is_asked_to_keep_alive) {
    for (const char* field : {"", "Connection: keep-alive\r\n", "Connection: close\r\n"}) {
        BOOST_TEST_CONTEXT(field) {
            http_connection connection(port());
            connection.send("GET /health HTTP/1.0\r\n" + std::string(field) + "\r\n");
            const answer got = connection.read_answer();
            BOOST_TEST(got.body == "OK");
            BOOST_TEST(got.field("connection") == "close");
            BOOST_TEST(closes(connection));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_half_closed_client_still_gets_its_answers) {
    const std::string alice = token("@alice:example.org");
    http_connection connection(port());
    for (int i = 0; i < 10; ++i)
        connection.send(request("POST", set_path, alice, pusher_body("app", "key" + std::to_string(i))));
    connection.send(request("GET", list_path, alice));
    connection.shutdown_send();
    for (int i = 0; i < 10; ++i) BOOST_TEST(connection.read_answer().field("pusherd-outcome") == "created");
    BOOST_TEST(pushkeys_of(connection.read_answer()) == "key0 key1 key2 key3 key4 key5 key6 key7 key8 key9 ");
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(a_request_that_breaks_off_is_not_carried_out_and_the_connection_ends) {
    const std::string alice = token("@alice:example.org");
    const std::string whole = request("POST", set_path, alice, pusher_body("app", "key"));
    for (const std::size_t size : {std::size_t{10}, whole.size() - 1}) {
        http_connection connection(port());
        connection.send(whole.substr(0, size));
        connection.shutdown_send();
        BOOST_TEST(closes(connection));
    }
    BOOST_TEST(pushkeys_of(client(alice).get()) == "");
}

BOOST_AUTO_TEST_CASE(connections_that_come_and_go_leave_nothing_behind) {
    for (int i = 0; i < 200; ++i) {
        http_connection connection(port());
        if (i % 4 != 0) connection.send(request("GET", "/health").substr(0, i % 4 == 1 ? 5 : 100));
    }
    BOOST_TEST(eventually([this] { return server().is_idle(); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
