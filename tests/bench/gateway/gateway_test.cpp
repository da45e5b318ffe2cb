// The gateway as a process, over real sockets.

#include "tests/bench/gateway/gateway_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/stub_upstream.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::bench {
namespace {

using namespace std::chrono_literals;
using testing::http_connection;
using testing::request;

constexpr auto at_once = 10s;  // far more than anything takes
constexpr const char* nothing_rejected = R"({"rejected":[]})";

std::string poke_request(std::string_view event_id = "$event", std::string_view pushkey = "key",
                         std::string_view fields = {}) {
    return request("POST", notify_path, {}, notification_body(event_id, pushkey), fields);
}

std::vector<std::string> by_rules(const std::vector<std::string>& rules) {
    std::vector<std::string> arguments;
    for (const std::string& each : rules) {
        arguments.emplace_back("--rule");
        arguments.push_back(each);
    }
    return arguments;
}

testing::answer answer_to(const gateway_process& gateway, const std::string& bytes) {
    http_connection client(gateway.port());
    client.send(bytes);
    return client.read_answer();
}

bool is_closed(http_connection& client) { return client.is_closed_within(at_once); }

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)

BOOST_AUTO_TEST_CASE(a_poke_is_printed_and_answered) {
    gateway_process gateway;
    const auto got = answer_to(gateway, poke_request("$one", "my\nkey"));
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.body == nothing_rejected);
    BOOST_TEST(got.field("content-type") == "application/json");
    BOOST_TEST(gateway.output().find(" event $one unread=1 -> my\\x0akey (app): 200\n") != std::string::npos,
               gateway.output());
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_with_the_totals) {
    for (const int signal : {SIGTERM, SIGINT}) {
        gateway_process gateway;
        http_connection kept(gateway.port());
        kept.send(poke_request() + poke_request());
        BOOST_TEST(kept.read_answer().status == 200);
        BOOST_TEST(kept.read_answer().status == 200);
        gateway.signal(signal);
        BOOST_TEST(gateway.wait() == 0);
        BOOST_TEST(gateway.output().find("\n2 requests, 2 pokes (1 repeated), 1 event; answered 200: 2; in ") !=
                       std::string::npos,
                   gateway.output());
        BOOST_TEST(is_closed(kept));
    }
}

BOOST_AUTO_TEST_CASE(bodies_are_printed_as_they_came_in_one_line_each) {
    gateway_process gateway({"--json"});
    const std::string plain = notification_body("$one");
    BOOST_TEST(answer_to(gateway, request("POST", notify_path, {}, plain)).status == 200);
    const std::string in_lines =
        "{\n \"notification\":\r\n {\"n\": 0.10, \"devices\":\n [{\"app_id\":\"a\", "
        "\"pushkey\":\"k k\"}]}}";
    BOOST_TEST(answer_to(gateway, request("POST", notify_path, {}, in_lines)).status == 200);
    gateway.signal(SIGTERM);
    BOOST_TEST(gateway.wait() == 0);
    BOOST_TEST(gateway.output() ==
               plain + "\n{\"notification\":{\"n\":0.10,\"devices\":[{\"app_id\":\"a\",\"pushkey\":\"k k\"}]}}\n");
    BOOST_TEST(gateway.errors().find("2 requests, 2 pokes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(counts_come_once_a_second_and_at_the_end) {
    gateway_process gateway({"--count"});
    BOOST_TEST(answer_to(gateway, poke_request()).status == 200);
    BOOST_TEST(gateway.writes(" +1: 1 request, 1 poke, 1 event; answered 200: 1\n"));
    BOOST_TEST(answer_to(gateway, poke_request("$two") + poke_request("$three")).status == 200);
    gateway.signal(SIGTERM);
    BOOST_TEST(gateway.wait() == 0);
    BOOST_TEST(gateway.output().find("$two") == std::string::npos);
    BOOST_TEST(gateway.output().find("\n3 requests, 3 pokes, 3 events; answered 200: 3; in ") != std::string::npos,
               gateway.output());
}

BOOST_AUTO_TEST_CASE(it_ends_by_itself_once_told_so) {
    gateway_process after_requests({"--requests", "2"});
    {
        http_connection client(after_requests.port());
        client.send(poke_request() + poke_request() + poke_request());
        BOOST_TEST(client.read_answer().field("connection").empty());
        BOOST_TEST(client.read_answer().field("connection") == "close");
        BOOST_TEST(is_closed(client));
    }
    BOOST_TEST(after_requests.wait() == 0);
    BOOST_TEST(after_requests.output().find("\n2 requests") != std::string::npos);

    gateway_process after_pokes({"--pokes", "1", "--count"});
    BOOST_TEST(answer_to(after_pokes, poke_request()).status == 200);
    BOOST_TEST(after_pokes.wait() == 0);

    gateway_process after_a_time({"--for", "0.05"});
    BOOST_TEST(after_a_time.wait() == 0);
    BOOST_TEST(after_a_time.output() == "0 requests, 0 pokes, 0 events\n");
}

BOOST_AUTO_TEST_CASE(rules_decide_what_is_answered) {
    gateway_process gateway(by_rules({"pushkey=gone*: reject", "event=$later: status=429 retry-after=5",
                                      "event=$moved: redirect=http://127.0.0.1:1/x", "event=$none: status=204",
                                      "event=$large: large=600", "event=$odd: no-rejected"}));
    http_connection client(gateway.port());
    const auto answer_about = [&client](const char* event, const char* key = "key") {
        client.send(poke_request(event, key));
        return client.read_answer();
    };
    BOOST_TEST(answer_about("$later", "gone1").body == R"({"rejected":["gone1"]})");
    const auto later = answer_about("$later");
    BOOST_TEST(later.status == 429);
    BOOST_TEST(later.field("retry-after") == "5");
    const auto moved = answer_about("$moved");
    BOOST_TEST(moved.status == 307);
    BOOST_TEST(moved.field("location") == "http://127.0.0.1:1/x");
    BOOST_TEST(answer_about("$none").status == 204);
    BOOST_TEST(answer_about("$large").body.size() > 600U * 1024);
    BOOST_TEST(answer_about("$odd").body == "{}");
    BOOST_TEST(answer_about("$usual").body == nothing_rejected);
    BOOST_TEST(gateway.output().find(": 200, rejected gone1\n") != std::string::npos);
    BOOST_TEST(gateway.output().find(": 429, retry-after 5\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_delayed_answer_comes_no_earlier_and_holds_up_its_own_connection_alone) {
    gateway_process gateway(by_rules({"event=$slow: delay=300ms"}));
    http_connection slow(gateway.port());
    const auto begin = std::chrono::steady_clock::now();
    slow.send(poke_request("$slow") + poke_request("$behind"));
    BOOST_TEST(gateway.writes(" event $slow "));
    BOOST_TEST(answer_to(gateway, poke_request("$quick")).status == 200);
    BOOST_TEST(slow.read_answer().status == 200);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 300ms));
    BOOST_TEST(slow.read_answer().status == 200);
    // Whom nobody waits for comes before who must wait: so it was printed.
    const std::string output = gateway.output();
    BOOST_TEST(output.find("$slow") < output.find("$quick"));
    BOOST_TEST(output.find("$quick") < output.find("$behind"));
    BOOST_TEST(output.find(": 200 after 300 ms\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_delay_is_cut_short_at_the_end) {
    gateway_process gateway(by_rules({"all: delay=24h"}));
    http_connection client(gateway.port());
    client.send(poke_request());
    BOOST_TEST(gateway.writes(" event "));
    gateway.signal(SIGTERM);
    BOOST_TEST(gateway.wait() == 0);
    BOOST_TEST(is_closed(client));
}

BOOST_AUTO_TEST_CASE(who_no_longer_waits_for_a_delayed_answer_leaves_no_connection_behind) {
    gateway_process gateway(by_rules({"all: delay=24h"}));
    const std::uint16_t port = gateway.port();
    const std::size_t before = gateway.open_files();
    {
        http_connection impatient(port);
        impatient.send(poke_request());
        BOOST_TEST(gateway.writes(" event "));
        BOOST_TEST(gateway.open_files() == before + 1);
    }
    BOOST_TEST(testing::comes_true([&] { return gateway.open_files() == before; }));
}

// Stopped meanwhile, the gateway is told of both in one turn of its loop, and of the delay first. What it then does to
// a connection that is gone, the address sanitizer says.
BOOST_AUTO_TEST_CASE(a_delay_that_is_over_and_a_client_that_has_closed_come_together) {
    gateway_process gateway(by_rules({"event=$late: delay=100ms close"}));
    {
        http_connection client(gateway.port());
        client.send(poke_request("$late"));
        BOOST_TEST(gateway.writes(" event $late "));
        gateway.signal(SIGSTOP);
        std::this_thread::sleep_for(200ms);
    }
    gateway.signal(SIGCONT);
    BOOST_TEST(answer_to(gateway, poke_request()).status == 200);
    gateway.signal(SIGTERM);
    BOOST_TEST(gateway.wait() == 0);
}

BOOST_AUTO_TEST_CASE(it_closes_or_stops_in_the_middle_or_says_nothing) {
    gateway_process gateway(by_rules({"event=$close: close", "event=$half: half", "event=$silent: silent"}));
    {
        http_connection client(gateway.port());
        client.send(poke_request("$before") + poke_request("$close"));
        BOOST_TEST(client.read_answer().status == 200);
        BOOST_TEST(is_closed(client));
    }
    {
        http_connection client(gateway.port());
        client.send(poke_request("$half"));
        BOOST_CHECK_EXCEPTION(client.read_answer(), std::runtime_error, [](const std::runtime_error& problem) {
            return std::string(problem.what()).find("in the middle of an answer") != std::string::npos;
        });
    }
    {
        http_connection client(gateway.port());
        client.send(poke_request("$silent") + poke_request("$behind"));
        BOOST_TEST(gateway.writes(" event $silent "));
        BOOST_TEST(answer_to(gateway, poke_request("$other")).status == 200);
        BOOST_TEST(!client.is_readable_within(50ms));
    }
    gateway.signal(SIGTERM);
    BOOST_TEST(gateway.wait() == 0);
    const std::string output = gateway.output();
    BOOST_TEST(output.find("$behind") == std::string::npos);
    BOOST_TEST(output.find("answered 200: 2, half of a 200: 1, closed: 1, silent: 1;") != std::string::npos, output);
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_and_pipelined_requests_are_answered_in_order) {
    gateway_process gateway(by_rules({"pushkey=odd: reject"}));
    http_connection client(gateway.port());
    constexpr int many = 500;
    std::string all;
    for (int i = 0; i < many; ++i) all += poke_request("$event", i % 2 == 0 ? "even" : "odd");
    client.send(all);
    for (int i = 0; i < many; ++i)
        BOOST_TEST(client.read_answer().body == (i % 2 == 0 ? nothing_rejected : R"({"rejected":["odd"]})"));
    client.send(poke_request("$event", "key", "Connection: close\r\n"));
    BOOST_TEST(client.read_answer().field("connection") == "close");
    BOOST_TEST(is_closed(client));
}

BOOST_AUTO_TEST_CASE(bodies_come_in_pieces_in_chunks_or_after_a_word) {
    gateway_process gateway;
    http_connection client(gateway.port());
    for (const char byte : poke_request()) client.send(std::string(1, byte));
    BOOST_TEST(client.read_answer().status == 200);

    const std::string body = notification_body();
    char size[16];
    std::snprintf(size, sizeof size, "%zx", body.size());
    client.send("POST " + std::string(notify_path) + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                size + "\r\n" + body + "\r\n0\r\n\r\n");
    BOOST_TEST(client.read_answer().body == nothing_rejected);

    const std::string expecting = poke_request("$event", "key", "Expect: 100-continue\r\n");
    client.send(expecting.substr(0, expecting.size() - body.size()));
    BOOST_TEST(client.read_answer().status == 100);
    client.send(body);
    BOOST_TEST(client.read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(other_paths_and_methods_are_told_so) {
    gateway_process gateway;
    http_connection client(gateway.port());
    const auto answer_about = [&client](const char* method, const char* target, const char* body = "") {
        client.send(request(method, target, {}, body));
        return client.read_answer(std::string_view(method) == "HEAD");
    };
    BOOST_TEST(answer_about("GET", notify_path).body == R"({"unifiedpush":{"gateway":"matrix"}})");
    BOOST_TEST(answer_about("HEAD", notify_path).field("content-length") == "36");
    const auto put = answer_about("PUT", notify_path, "{}");
    BOOST_TEST(put.status == 405);
    BOOST_TEST(put.field("allow") == "GET, HEAD, POST");
    BOOST_TEST(put.errcode() == "M_UNRECOGNIZED");
    const auto elsewhere = answer_about("POST", "/_matrix/push/v1/notify/", "{}");
    BOOST_TEST(elsewhere.status == 404);
    BOOST_TEST(elsewhere.errcode() == "M_UNRECOGNIZED");
    BOOST_TEST(answer_about("POST", notify_path, "{}").errcode() == "M_BAD_JSON");
    BOOST_TEST(answer_about("POST", notify_path, "{").errcode() == "M_NOT_JSON");
    BOOST_TEST(answer_about("POST", notify_path, "").status == 400);
    BOOST_TEST(gateway.output().find(" no notification: 405 {\"errcode\":\"M_UNRECOGNIZED\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_of_half_a_mebibyte_is_taken_and_a_longer_one_is_not) {
    constexpr std::size_t most = 512 * 1024;
    gateway_process gateway;
    const std::string body = notification_body();
    const auto padded = [&body](std::size_t size) { return body + std::string(size - body.size(), ' '); };
    BOOST_TEST(answer_to(gateway, request("POST", notify_path, {}, padded(most))).status == 200);

    http_connection client(gateway.port());
    client.send(request("POST", notify_path, {}, padded(most + 1)));
    const auto refused = client.read_answer();
    BOOST_TEST(refused.status == 413);
    BOOST_TEST(refused.errcode() == "M_TOO_LARGE");
    BOOST_TEST(is_closed(client));

    http_connection in_chunks(gateway.port());
    in_chunks.send("POST " + std::string(notify_path) +
                   " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n80001\r\n");
    BOOST_TEST(in_chunks.read_answer().status == 413);
}

BOOST_AUTO_TEST_CASE(garbage_is_refused_and_half_a_request_harms_nobody) {
    gateway_process gateway;
    for (const std::string& garbage :
         {std::string("garbage\r\n\r\n"), std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11),
          std::string("POST / HTTP/1.1\r\n\r\n"), "POST " + std::string(notify_path) + " HTTP/1.1\nHost: x\n\n",
          std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")}) {
        http_connection client(gateway.port());
        client.send(garbage);
        BOOST_TEST(client.read_answer().status == 400);
        BOOST_TEST(is_closed(client));
    }
    const std::string whole = poke_request("$half");
    for (const std::size_t size : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
        http_connection client(gateway.port());
        client.send(whole.substr(0, size));
        client.shutdown_send();
        BOOST_TEST(is_closed(client));
    }
    {
        http_connection stuck(gateway.port());
        stuck.send(whole.substr(0, whole.size() - 1));
        BOOST_TEST(answer_to(gateway, poke_request("$whole")).status == 200);
        stuck.reset_at_end();
    }
    gateway.signal(SIGTERM);
    BOOST_TEST(gateway.wait() == 0);
    BOOST_TEST(gateway.output().find("$half") == std::string::npos);
    BOOST_TEST(gateway.output().find("\n1 request, 1 poke, 1 event, 5 requests of no notification; answered 200: 1, "
                                     "400: 5") != std::string::npos,
               gateway.output());
}

BOOST_AUTO_TEST_CASE(it_listens_at_several_addresses) {
    gateway_process gateway({"--listen", "127.0.0.1:0"});
    static_cast<void>(gateway.port());
    BOOST_TEST(testing::comes_true([&] {
        const std::string said = gateway.errors();
        return said.find("listening on ") != said.rfind("listening on ");
    }));
}

// A file that takes nothing stands for a pipe whose reader has gone.
BOOST_AUTO_TEST_CASE(it_ends_when_nobody_takes_what_it_prints) {
    gateway_process gateway({}, "/dev/full");
    BOOST_TEST(answer_to(gateway, poke_request()).field("connection") == "close");
    BOOST_TEST(gateway.wait() == 1);
    BOOST_TEST(gateway.errors().find("pusherd-bench: stdout: ") != std::string::npos);
    BOOST_TEST(gateway.errors().find("1 request, 1 poke") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(unusable_arguments_are_told_in_a_line_that_says_which) {
    struct wrong {
        std::vector<std::string> arguments;
        const char* told;
    };
    const std::vector<wrong> all{{{"--rule", "all: sulk"}, "--rule: 'sulk': no action"},
                                 {{"--rule", "10%: close half"}, "--rule: 'half': only one of"},
                                 {{"--rule", ""}, "--rule"},
                                 {{"--listen", "8009"}, "--listen: 8009: expected HOST:PORT"},
                                 {{"--listen", "tls:127.0.0.1:0"}, "--listen: tls:127.0.0.1:0: expected HOST:PORT"},
                                 {{"--json", "--count"}, " excludes --"},
                                 {{"--for", "0"}, "--for"},
                                 {{"--requests", "0"}, "--requests"},
                                 {{"--pokes", "x"}, "--pokes"},
                                 {{"--tls-cert", "cert.pem"}, "--tls-cert requires --tls-key"},
                                 {{"--tls-key", "key.pem"}, "--tls-key requires --tls-cert"},
                                 {{"--tls-cert", "/nonexistent", "--tls-key", "/nonexistent"}, "--tls-cert: "},
                                 {{"more"}, "more"}};
    for (const auto& [arguments, told] : all) {
        gateway_process refused(arguments);
        BOOST_TEST(refused.wait() == 2, told);
        const std::string said = refused.errors();
        BOOST_TEST(said.find("pusherd-bench: ") == 0U, said);
        BOOST_TEST(said.find(told) != std::string::npos, said);
        BOOST_TEST(said.find('\n') == said.size() - 1, said);
        BOOST_TEST(refused.output().empty());
    }
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_told) {
    gateway_process first;
    gateway_process second({"--listen", "127.0.0.1:" + std::to_string(first.port())});
    BOOST_TEST(second.wait() == 1);
    BOOST_TEST(second.errors().find("cannot listen") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
