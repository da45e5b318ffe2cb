// Settings that change while the server runs: they hold on every thread, for open connections as well.

#include "tests/support/running_server.hpp"

#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::string app = "org.example.app";

/// One connection more than there are threads, so that each thread has one.
class crowd {
public:
    explicit crowd(running_server& server) {
        const std::string token = server.token("@alice:example.org");
        for (std::size_t i = 0; i <= running_server::default_settings().threads; ++i)
            clients_.push_back(server.client(token));
    }

    /// Whether every connection gets that status, soon: a change is on its way to each thread.
    [[nodiscard]] bool gets(int status, const std::string& body) {
        for (http_client& each : clients_)
            for (int tries = 0; each.set(body).status != status; ++tries) {
                if (tries == 1000) return false;
                std::this_thread::sleep_for(1ms);
            }
        return true;
    }

private:
    std::vector<http_client> clients_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(changed_settings)

BOOST_AUTO_TEST_CASE(they_hold_on_every_thread_for_open_connections) {
    running_server server;
    crowd all(server);
    net::server_settings settings = running_server::default_settings();
    std::string insecure = pusher_body(app, "insecure");
    insecure.replace(insecure.find("https"), 5, "http");
    BOOST_TEST(all.gets(400, insecure));
    settings.api.set_policy.allow_insecure_gateways = true;
    server.server().change_settings(settings);
    BOOST_TEST(all.gets(200, insecure));
    settings.api.max_body = 20;
    server.server().change_settings(settings);
    BOOST_TEST(all.gets(413, insecure));
    server.server().change_settings(running_server::default_settings());
    BOOST_TEST(all.gets(400, insecure));
}

BOOST_AUTO_TEST_CASE(a_refusal_sends_people_where_it_is_told_by_now) {
    running_server server;
    http_client alice = server.client_of("@alice:example.org");
    BOOST_TEST(alice.set(pusher_body(app, "one")).status == 200);
    net::server_settings settings = running_server::default_settings();
    settings.api.user_limits.pushers = 1;
    settings.api.info_uri = "https://example.org/limits/" + std::string(100, 'x');  // longer than a string's own room
    server.server().change_settings(settings);
    answer refused = alice.set(pusher_body(app, "two"));
    // On its way to the thread; but an update of what it has let in would pass for ever.
    for (int tries = 0; refused.status == 200 && tries < 1000; ++tries) {
        BOOST_TEST(alice.set(removal_body(app, "two")).status == 200);
        refused = alice.set(pusher_body(app, "two"));
    }
    BOOST_TEST_REQUIRE(refused.errcode() == "M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(refused.json().at("info_uri").as_string() == settings.api.info_uri);
}

BOOST_AUTO_TEST_CASE(the_rate_begins_anew_only_if_it_is_another) {
    net::server_settings settings = running_server::default_settings();
    settings.api.set_rate = 0.001;
    settings.api.set_burst = 2;
    running_server server(settings);
    http_client alice = server.client_of("@alice:example.org");
    for (const int status : {200, 200, 429}) BOOST_TEST(alice.set(removal_body(app, "key")).status == status);
    settings.api.max_body = 1000;
    server.server().change_settings(settings);
    BOOST_TEST(alice.set(removal_body(app, "key")).status == 429);
    settings.api.set_burst = 3;
    server.server().change_settings(settings);
    for (const int status : {200, 200, 200, 429}) BOOST_TEST(alice.set(removal_body(app, "key")).status == status);
}

BOOST_AUTO_TEST_CASE(fewer_connections_may_be_allowed_and_then_the_longest_idle_one_goes) {
    running_server server;
    http_connection idle(server.port());
    BOOST_TEST(idle.send(request("GET", "/health")));
    BOOST_TEST(idle.read_answer().status == 200);
    net::server_settings settings = running_server::default_settings();
    settings.max_connections = 1;
    server.server().change_settings(settings);
    // The change is on its way to the thread that accepts: by the time that it is there, one more has come.
    while (!idle.is_closed_within(1ms)) BOOST_TEST(server.client().get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(many_changes_disturb_nobody) {
    running_server server;
    std::atomic<bool> is_over = false;
    std::thread changes([&] {
        net::server_settings settings = running_server::default_settings();
        for (std::size_t i = 0; !is_over; ++i) {
            settings.api.info_uri = "https://example.org/" + std::string(i % 200, 'x');
            settings.api.max_body = 5000 + i % 1000;
            server.server().change_settings(settings);
        }
    });
    http_client alice = server.client_of("@alice:example.org");
    for (int i = 0; i < 2000; ++i) BOOST_TEST(alice.set(pusher_body(app, "key" + std::to_string(i % 7))).status == 200);
    is_over = true;
    changes.join();
}

BOOST_AUTO_TEST_CASE(threads_that_are_asked_tell_that_they_are_alive) {
    running_server server;
    for (int i = 0; i < 100; ++i) {
        server.server().ask_whether_alive();
        while (!server.server().is_alive()) std::this_thread::yield();
    }
    BOOST_TEST(server.client().get("/health").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
