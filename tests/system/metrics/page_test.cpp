// GET /metrics, through the real binary.

#include "tests/support/opened_socket.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

const std::string app = "org.example.app";

/// The samples of a page, by name and labels. Checks that the page is one.
std::map<std::string, double> samples_in(const std::string& page) {
    std::map<std::string, double> samples;
    std::string family;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) family = line.substr(7, line.find(' ', 7) - 7);
        if (line.starts_with("# ")) continue;
        const std::size_t space = line.rfind(' ');
        BOOST_TEST_REQUIRE(space != std::string::npos, line);
        BOOST_TEST(line.starts_with(family), line);
        char* end = nullptr;
        const double value = std::strtod(line.c_str() + space + 1, &end);
        BOOST_TEST(*end == '\0', line);
        BOOST_TEST(samples.emplace(line.substr(0, space), value).second, line << " is there twice");
    }
    BOOST_TEST(page.ends_with('\n'));
    return samples;
}

struct measured_server {
    pusherd_folder folder;
    std::string token = folder.issue("@alice:example.org");
    pusherd_server server{folder.data(), {"--metrics-listen", "127.0.0.1:0", "--set-rate", "1", "--set-burst", "4"}};
    std::uint16_t port = port_in(server.process().wait_for_line("metrics on "));

    [[nodiscard]] std::map<std::string, double> samples() const {
        const answer page = http_client(port).get("/metrics");
        BOOST_TEST(page.status == 200);
        BOOST_TEST(page.field("content-type") == "text/plain; version=0.0.4; charset=utf-8");
        return samples_in(page.body);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_FIXTURE_TEST_CASE(what_was_answered_is_counted, measured_server) {
    http_client alice = server.client(token);
    BOOST_TEST(alice.set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(alice.set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(alice.set(removal_body(app, "other")).status == 200);
    BOOST_TEST(alice.set("{").status == 400);
    BOOST_TEST(alice.set(pusher_body(app, "key")).status == 429);
    for (int i = 0; i < 5; ++i) BOOST_TEST(alice.get().status == 200);
    BOOST_TEST(server.client("nobody's").get().status == 401);
    BOOST_TEST(server.client().get("/nowhere").status == 404);

    auto seen = samples();
    BOOST_TEST(seen[R"(pusherd_requests_total{route="set",status="200"})"] == 3);
    BOOST_TEST(seen[R"(pusherd_requests_total{route="set",status="400"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_requests_total{route="set",status="429"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_requests_total{route="list",status="200"})"] == 5);
    BOOST_TEST(seen[R"(pusherd_requests_total{route="list",status="401"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_requests_total{route="unknown",status="404"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_sets_total{outcome="created"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_sets_total{outcome="unchanged"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_sets_total{outcome="absent"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="not_json"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="set_rate"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="unknown_token"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="not_found"})"] == 1);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="internal"})"] == 0);
    BOOST_TEST(seen[R"(pusherd_request_duration_seconds_count{route="list"})"] == 6);
    BOOST_TEST(seen[R"(pusherd_request_duration_seconds_bucket{route="list",le="+Inf"})"] == 6);
    BOOST_TEST(seen[R"(pusherd_request_duration_seconds_sum{route="set"})"] > 0);
    BOOST_TEST(seen["pusherd_commit_batch_sets_sum"] == 1);
    BOOST_TEST(seen["pusherd_commit_batch_sets_count"] == 1);
    BOOST_TEST(seen["pusherd_commit_duration_seconds_count"] == 1);
    BOOST_TEST(seen["pusherd_sets_failed_total"] == 0);
    BOOST_TEST(seen["pusherd_store_users"] == 1);
    BOOST_TEST(seen["pusherd_store_pushers"] == 1);
    BOOST_TEST(seen["pusherd_store_tokens"] == 1);
    BOOST_TEST(seen["pusherd_set_queue_sets"] == 0);
    BOOST_TEST(seen["pusherd_set_queue_limit_sets"] > 0);
    BOOST_TEST(seen["pusherd_connections"] >= 1);
    BOOST_TEST(seen["pusherd_connections_accepted_total"] >= 4);
    BOOST_TEST(seen["pusherd_store_file_bytes"] > 0);
    BOOST_TEST(seen["pusherd_map_size_bytes"] > seen["pusherd_map_free_bytes"]);
    BOOST_TEST(seen["pusherd_reader_age_transactions"] == 0);
    BOOST_TEST(seen["process_open_fds"] > 3);
    BOOST_TEST(seen["process_resident_memory_bytes"] > 0);
    BOOST_TEST(seen["process_start_time_seconds"] > 1.7e9);

    auto again = samples();
    BOOST_TEST(again[R"(pusherd_requests_total{route="metrics",status="200"})"] == 1);
    BOOST_TEST(again[R"(pusherd_requests_total{route="list",status="200"})"] == 5);
}

BOOST_FIXTURE_TEST_CASE(neither_listener_serves_what_the_other_does, measured_server) {
    BOOST_TEST(server.client().get("/metrics").status == 404);
    http_client there(port, token);
    BOOST_TEST(there.get("/metrics").status == 200);
    BOOST_TEST(there.send("HEAD", "/metrics").status == 200);
    BOOST_TEST(there.get().status == 404);
    BOOST_TEST(there.get("/health").status == 404);
    BOOST_TEST(there.set(pusher_body(app, "key")).status == 404);
}

// Else a page of anybody's, in a browser that reaches the listener, could read them.
BOOST_FIXTURE_TEST_CASE(scripts_of_websites_may_not_read_them, measured_server) {
    BOOST_TEST(http_client(port).get("/metrics").field("access-control-allow-origin") == "");
    http_connection asking(port);
    asking.send(request("OPTIONS", "/metrics"));
    BOOST_TEST(asking.read_answer().status == 405);
}

BOOST_FIXTURE_TEST_CASE(without_a_database_the_rest_is_told, measured_server) {
    std::filesystem::rename(folder.data() / "data.mdb", folder.data() / "old.mdb");
    BOOST_TEST(server.client(token).set(pusher_body(app, "key")).status == 500);
    auto seen = samples();
    BOOST_TEST(seen["pusherd_sets_failed_total"] == 1);
    BOOST_TEST(seen["pusherd_commit_batch_sets_count"] == 0);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="internal"})"] == 1);
    BOOST_TEST(seen["pusherd_store_readable"] == 1);  // through the file that is still open
}

BOOST_AUTO_TEST_CASE(who_was_turned_away_is_counted_with_the_reason) {
    const pusherd_folder folder;
    pusherd_server full(folder.data(), {"--metrics-listen", "127.0.0.1:0", "--max-connections", "1"});
    const std::uint16_t metrics_port = port_in(full.process().wait_for_line("metrics on "));
    const std::string token = folder.issue("@alice:example.org");
    http_connection busy(full.port());
    const std::string set = request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body(app, "key"));
    busy.send(set.substr(0, set.size() - 1));  // its head has been read: it waits for no request
    answer second;
    do second = http_client(full.port()).get("/health");
    while (second.status == 200);  // before that
    BOOST_TEST(second.status == 503);
    auto seen = samples_in(http_client(metrics_port).get("/metrics").body);
    BOOST_TEST(seen["pusherd_connections_turned_away_total"] == 1);
    BOOST_TEST(seen[R"(pusherd_refusals_total{reason="too_many_connections"})"] == 1);
}

// A scrape reads from a snapshot of its own, beside that of the lists of the same turn.
BOOST_AUTO_TEST_CASE(a_scrape_beside_lists_while_the_map_grows_holds_nobody_up) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), {"--metrics-listen", "127.0.0.1:0", "--threads", "1", "--map-size", "1M"});
    const std::uint16_t port = port_in(server.process().wait_for_line("metrics on "));
    std::atomic<bool> is_over = false;
    std::thread growing([&] {
        for (int mebibytes = 2; !is_over; mebibytes += 2) {
            std::string tokens;
            for (int i = 0; i < 3000; ++i)
                tokens += "token" + std::to_string(mebibytes) + '-' + std::to_string(i) + "\t@bob:example.org\n";
            (void)folder.run({"token", "import", "-", "--map-size", std::to_string(mebibytes) + "M"}, tokens);
        }
    });
    http_connection lists(server.port());
    http_connection scrapes(port);
    const std::string list = request("GET", "/_matrix/client/v3/pushers", token);
    try {
        for (int i = 0; i < 300; ++i) {
            lists.send(list + list + list);
            scrapes.send(request("GET", "/metrics"));
            for (int each = 0; each < 3; ++each) BOOST_TEST(lists.read_answer().status == 200);
            BOOST_TEST(scrapes.read_answer().status == 200);
        }
    } catch (const std::exception& failure) {
        BOOST_ERROR("it answers no more: " << failure.what());
    }
    is_over = true;
    growing.join();
}

BOOST_AUTO_TEST_CASE(who_looks_is_let_in_when_all_connections_are_taken) {
    const pusherd_folder folder;
    pusherd_server full(folder.data(), {"--metrics-listen", "127.0.0.1:0", "--max-connections", "1"});
    const std::uint16_t metrics_port = port_in(full.process().wait_for_line("metrics on "));
    http_connection busy(full.port());
    busy.send("GET /health HTTP/1.1\r\n");  // a request under way: not to be closed for a newcomer
    BOOST_TEST(http_client(metrics_port).get("/metrics").status == 200);
}

BOOST_AUTO_TEST_CASE(an_inherited_socket_named_metrics_serves_them_beside_the_addresses) {
    const pusherd_folder folder;
    const opened_socket socket;
    pusherd_process server({.arguments = {"serve", "--data", folder.data().string(), "--listen", "127.0.0.1:0"},
                            .environment = {{"LISTEN_FDNAMES", "metrics"}},
                            .sockets = {socket.descriptor()}});
    const std::uint16_t port = port_in(server.wait_for_line("listening on "));
    (void)server.wait_for_line("metrics on 127.0.0.1:" + std::to_string(socket.port()) + " (inherited)");
    BOOST_TEST(http_client(socket.port()).get("/metrics").status == 200);
    BOOST_TEST(http_client(port).get("/health").status == 200);
    server.signal(SIGTERM);
    BOOST_TEST(server.wait().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
