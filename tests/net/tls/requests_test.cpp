// The whole way of a request, through TLS.

#include "tests/net/tls/tls_server.hpp"

#include <openssl/ssl.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

// Makes a list of some 230 KB.
void fill_list(http_client& user) {
    for (char key = 'a'; key < 'a' + 15; ++key) {
        std::string body = pusher_body("app", std::string(1, key));
        body.insert(body.rfind("}}"), ",\"padding\":\"" + std::string(15'000, 'x') + '"');
        BOOST_TEST(user.set(body).status == 200);
    }
}

void check_a_conversation(tls_server& server, tls_client& client) {
    const std::string alice = server.server.token("@alice:example.org");
    http_client user(server.server.port(), alice, &client);
    BOOST_TEST(user.set(pusher_body("app", client.version())).field("pusherd-outcome") == "created");
    BOOST_TEST(pushkeys_of(user.get()) == client.version() + ' ');
    BOOST_TEST(user.set(removal_body("app", client.version())).field("pusherd-outcome") == "deleted");
    BOOST_TEST(user.send("GET", "/nowhere").status == 404);
    BOOST_TEST(user.send("HEAD", "/health").status == 200);
    BOOST_TEST(http_client(server.server.port(), "unknown", &client).get().errcode() == "M_UNKNOWN_TOKEN");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_requests, tls_server)

BOOST_AUTO_TEST_CASE(sets_and_lists_go_by_tls_1_3_and_by_1_2) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        tls_client chosen({.lowest = version, .highest = version});
        http_connection first(server.port(), &chosen);
        BOOST_TEST(chosen.version() == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
        check_a_conversation(*this, chosen);
    }
}

BOOST_AUTO_TEST_CASE(a_key_of_rsa_serves_as_well) {
    const temporary_folder other;
    const test_certificate rsa({.kind = test_certificate::key_kind::rsa2048});
    running_server by_rsa(running_server::default_settings(), rsa.write(other.path()));
    tls_client one_point_two({.highest = TLS1_2_VERSION});
    BOOST_TEST(http_client(by_rsa.port(), {}, &one_point_two).get("/health").status == 200);
    BOOST_TEST(one_point_two.cipher().starts_with("ECDHE-RSA-"), one_point_two.cipher());
    BOOST_TEST(http_client(by_rsa.port(), {}, &client).get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(many_requests_share_a_connection) {
    auto user = http_of("@alice:example.org");
    for (int i = 0; i < 200; ++i) BOOST_TEST(user.set(pusher_body("app", "key", std::to_string(i))).status == 200);
    BOOST_TEST(server.server().connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_thousand_pipelined_requests_are_answered_in_order) {
    const std::string alice = server.token("@alice:example.org");
    std::string requests;
    for (int i = 0; i < 500; ++i) {
        requests += request("POST", set_path, alice, pusher_body("app", "key", std::to_string(i)));
        requests += request("GET", list_path, alice);
    }
    http_connection connection = connect();
    std::thread sender([&] { connection.send(requests); });
    for (int i = 0; i < 500; ++i) {
        BOOST_TEST(connection.read_answer().field("pusherd-outcome") == (i == 0 ? "created" : "updated"));
        const auto list = connection.read_answer().json();
        BOOST_TEST(list.at("pushers").at(0).at("lang").as_string() == std::to_string(i));
    }
    sender.join();
}

BOOST_AUTO_TEST_CASE(records_may_cut_requests_anywhere) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1000}}) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            tls_client cutting({.lowest = version, .highest = version, .record_size = size});
            const std::string alice = server.token("@alice:example.org");
            const std::string set = request("POST", set_path, alice, pusher_body("app", "key"));
            http_connection connection(server.port(), &cutting);
            BOOST_TEST(connection.send(set + chunked_set(alice, pusher_body("app", "key"), 3) +
                                       request("GET", list_path, alice)));
            BOOST_TEST(connection.read_answer().status == 200);
            BOOST_TEST(connection.read_answer().field("pusherd-outcome") == "unchanged");
            BOOST_TEST(pushkeys_of(connection.read_answer()) == "key ");
        }
    }
}

BOOST_AUTO_TEST_CASE(the_largest_body_comes_through) {
    auto user = http_of("@alice:example.org");
    std::string body = pusher_body("app", "key");
    body.append(65536 - body.size(), ' ');
    BOOST_TEST(user.set(body).status == 200);
    BOOST_TEST(user.set(body + ' ').status == 413);
}

BOOST_AUTO_TEST_CASE(long_lists_come_through) {
    auto user = http_of("@alice:example.org");
    fill_list(user);
    const std::string expected = user.get().body;
    BOOST_TEST(expected.size() > 220'000U);
    for (int i = 0; i < 20; ++i) BOOST_TEST(user.get().body == expected);
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_late_gets_all_its_answers) {
    const std::string alice = server.token("@alice:example.org");
    auto user = http(alice);
    fill_list(user);
    const std::string expected = user.get().body;
    http_connection connection(server.port(), &client, http_connection::buffers::small);
    std::string requests;
    for (int i = 0; i < 60; ++i) requests += request("GET", list_path, alice);
    connection.send(requests);
    wait_until_at_rest();  // nobody gets any further
    for (int i = 0; i < 60; ++i) BOOST_TEST(connection.read_answer().body == expected);
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_without_reading_harms_nobody) {
    const std::string alice = server.token("@alice:example.org");
    auto user = http(alice);
    fill_list(user);
    for (int i = 0; i < 5; ++i) {
        http_connection connection(server.port(), &client, http_connection::buffers::small);
        std::string requests;
        for (int j = 0; j < 60; ++j) requests += request("GET", list_path, alice);
        connection.send(requests);
        wait_until_at_rest();
        connection.shutdown_both();
    }
    BOOST_TEST(user.get().status == 200);
    BOOST_TEST(eventually([this] { return server.server().connections() == 1U; }));
}

BOOST_AUTO_TEST_CASE(a_client_that_ends_its_side_gets_its_answer) {
    http_connection connection = connect();
    connection.send(request("GET", "/health"));
    connection.shutdown_send();
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(a_refusal_of_an_unread_body_is_read_whole_before_the_close) {
    http_connection connection = connect();
    const std::string alice = server.token("@alice:example.org");
    const std::string head = "POST " + set_path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + alice +
                             "\r\nContent-Length: 200000\r\n\r\n";
    connection.send(head + std::string(200'000, ' '));
    const answer got = connection.read_answer();
    BOOST_TEST(got.status == 413);
    BOOST_TEST(got.field("connection") == "close");
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(many_clients_at_once_are_served) {
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i, token = server.token("@user" + std::to_string(i) + ":example.org")] {
            tls_client own;
            http_client user(server.port(), token, &own);
            for (int j = 0; j < 25; ++j)
                if (user.set(pusher_body("app" + std::to_string(i), std::to_string(j))).status == 200) ++good;
        });
    for (std::thread& each : threads) each.join();
    BOOST_TEST(good == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
