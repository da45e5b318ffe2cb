// Sockets that a service manager has opened (sd_listen_fds(3)) are served in place of --listen, if they are what they
// must be, and outlive the server.

#include "tests/support/opened_socket.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

invocation serve_inherited(const pusherd_folder& folder, const std::vector<int>& sockets,
                           const std::map<std::string, std::string>& environment = {}) {
    return {.arguments = {"serve", "--data", folder.data().string(), "--listen", "127.0.0.1:0"},
            .environment = environment,
            .sockets = sockets};
}

std::string address_of(const opened_socket& socket) { return "127.0.0.1:" + std::to_string(socket.port()); }

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void check_refused(const std::vector<int>& sockets, const std::map<std::string, std::string>& environment,
                   const std::string& reason) {
    const pusherd_folder folder;
    const process_end end = run_pusherd(serve_inherited(folder, sockets, environment));
    BOOST_TEST(end.is_refusal(2), reason << ": " << end.status << ' ' << end.err);
    BOOST_TEST(says(end.err, reason), end.err);
    BOOST_TEST(!std::filesystem::exists(folder.data()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(socket_activation)

BOOST_AUTO_TEST_CASE(inherited_sockets_are_served_in_place_of_the_addresses) {
    const pusherd_folder folder;
    const opened_socket first;
    const opened_socket second;
    pusherd_process server(serve_inherited(folder, {first.descriptor(), second.descriptor()}));
    (void)server.wait_for_line("listening on " + address_of(first) + " (inherited)");
    (void)server.wait_for_line("listening on " + address_of(second) + " (inherited)");
    for (const std::uint16_t port : {first.port(), second.port()})
        BOOST_TEST(http_client(port).get("/health").body == "OK");
    server.signal(SIGTERM);
    const process_end& end = server.wait();
    BOOST_TEST(end.status == 0);
    std::size_t listeners = 0;
    for (std::size_t at = 0; (at = end.err.find("listening on", at)) != std::string::npos; ++at) ++listeners;
    BOOST_TEST(listeners == 2U);
}

BOOST_AUTO_TEST_CASE(an_inherited_unix_socket_is_served_and_its_file_left_to_its_owner) {
    const pusherd_folder folder;
    const std::filesystem::path path = folder.file("socket");
    const opened_socket socket(path);
    pusherd_process server(serve_inherited(folder, {socket.descriptor()}));
    (void)server.wait_for_line("listening on unix:" + path.string() + " (inherited)");
    http_connection connection(path);
    connection.send(request("GET", "/health"));
    BOOST_TEST(connection.read_answer().body == "OK");
    server.signal(SIGTERM);
    BOOST_TEST(server.wait().status == 0);
    BOOST_TEST(std::filesystem::is_socket(path));
}

BOOST_AUTO_TEST_CASE(sockets_may_be_named_http_or_as_their_unit_is_by_itself) {
    for (const char* name : {"http", "pusherd.socket"}) {
        const pusherd_folder folder;
        const opened_socket socket;
        pusherd_process server(serve_inherited(folder, {socket.descriptor()}, {{"LISTEN_FDNAMES", name}}));
        (void)server.wait_for_line("listening on ");
        BOOST_TEST(http_client(socket.port()).get("/health").body == "OK");
    }
}

// What is meant for TLS, or for few eyes, must not be served in the clear to everybody.
BOOST_AUTO_TEST_CASE(a_socket_with_a_name_that_is_not_known_is_refused) {
    const opened_socket one;
    const opened_socket other;
    const std::vector<int> both{one.descriptor(), other.descriptor()};
    check_refused({one.descriptor()}, {{"LISTEN_FDNAMES", "tls"}}, "--tls-cert");
    check_refused({one.descriptor()}, {{"LISTEN_FDNAMES", "pusherd-tls.socket"}}, "'pusherd-tls.socket'");
    check_refused(both, {{"LISTEN_FDNAMES", "http:https"}}, "'https'");
    check_refused(both, {{"LISTEN_FDNAMES", "http"}}, "names 1 of the 2");
    check_refused({one.descriptor()}, {{"LISTEN_FDNAMES", ""}}, "''");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_listened_on_is_refused) {
    const opened_socket good;
    const opened_socket bound(opened_socket::state::bound);
    const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    check_refused({good.descriptor(), bound.descriptor()}, {}, "descriptor 4 does not listen");
    check_refused({file}, {}, "descriptor 3 is no socket");
    check_refused({good.descriptor()}, {{"LISTEN_FDS", "many"}}, "LISTEN_FDS");
    check_refused({good.descriptor()}, {{"LISTEN_FDS", "-1"}}, "LISTEN_FDS");
    ::close(file);
}

BOOST_AUTO_TEST_CASE(sockets_for_another_process_are_none_of_its_business) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {}, {{"LISTEN_PID", std::to_string(::getpid())}, {"LISTEN_FDS", "1"}});
    BOOST_TEST(server.client().get("/health").status == 200);
    pusherd_server unasked(folder.data(), {}, {{"LISTEN_FDS", "1"}});
    BOOST_TEST(unasked.client().get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(other_commands_do_not_look_for_sockets) {
    const pusherd_folder folder;
    const opened_socket socket;
    const process_end end =
        run_pusherd({.arguments = {"token", "issue", "@alice:example.org", "--data", folder.data().string()},
                     .environment = {{"LISTEN_FDNAMES", "tls"}},
                     .sockets = {socket.descriptor()}});
    BOOST_TEST(end.status == 0, end.err);
}

BOOST_AUTO_TEST_CASE(who_connects_while_it_is_down_is_served_by_the_next_one) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    const opened_socket socket;
    for (int start = 0; start < 3; ++start) {
        http_connection early(socket.port());
        BOOST_TEST(early.send(request("POST", "/_matrix/client/v3/pushers/set", token,
                                      pusher_body("org.example.app", std::to_string(start)))));
        pusherd_process server(serve_inherited(folder, {socket.descriptor()}));
        BOOST_TEST(early.read_answer().status == 200);
        server.signal(SIGTERM);
        BOOST_TEST(server.wait().status == 0);
    }
    BOOST_TEST(folder.stat("pushers") == 3U);
}

// A drain with its socket still open elsewhere: who comes now is left to the next one, which need not wait for the end.
BOOST_AUTO_TEST_CASE(a_restart_refuses_nobody) {
    const pusherd_folder folder;
    const opened_socket socket;
    std::atomic<bool> is_over = false;
    std::atomic<int> answered = 0;
    std::string refused;
    auto server = std::make_unique<pusherd_process>(serve_inherited(folder, {socket.descriptor()}));
    std::thread client([&] {
        while (!is_over) try {
                http_connection connection(socket.port());  // throws if it is refused
                try {
                    connection.send(request("GET", "/health"));
                    if (connection.read_answer().status == 200) ++answered;
                } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
                    // Closed as an idle one, before its request had come: it may be sent again.
                }
            } catch (const std::exception& problem) {
                refused += problem.what();
            }
    });
    for (int restart = 0; restart < 5; ++restart) {
        const int before = answered;
        while (answered == before) std::this_thread::yield();
        server->signal(SIGTERM);
        BOOST_TEST(server->wait().status == 0);
        server = std::make_unique<pusherd_process>(serve_inherited(folder, {socket.descriptor()}));
    }
    const int before = answered;
    while (answered == before) std::this_thread::yield();
    is_over = true;
    client.join();
    BOOST_TEST(refused == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
