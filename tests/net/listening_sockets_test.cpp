// Addresses to listen on.

#include "net/bounds.hpp"
#include "net/server/acceptor.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/listener.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/opened_socket.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;

int option_of(const connection_socket& socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(socket.descriptor(), level, name, &value, &size);
    return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listeners)

BOOST_AUTO_TEST_CASE(port_0_takes_a_free_one_and_tells_which) {
    const listening_sockets sockets({"127.0.0.1:0", "127.0.0.1:0"});
    const auto addresses = sockets.addresses();
    BOOST_TEST(addresses.size() == 2U);
    BOOST_TEST(addresses[0] != addresses[1]);
    for (const std::string& address : addresses) {
        BOOST_TEST(address.starts_with("127.0.0.1:"));
        BOOST_TEST(!address.ends_with(":0"));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_host_and_port_is_refused_in_one_line_that_names_it) {
    for (const char* address : {"", ":", "127.0.0.1", "127.0.0.1:", ":8008", "::1:8008", "[::1]", "[::1]8008", "[::1",
                                "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1"}) {
        BOOST_TEST_CONTEXT(address) {
            BOOST_CHECK_EXCEPTION(listening_sockets({address}), cannot_listen, [&](const cannot_listen& problem) {
                const std::string what = problem.what();
                return what.starts_with(address) && what.find('\n') == std::string::npos;
            });
        }
    }
}

BOOST_AUTO_TEST_CASE(a_port_that_somebody_listens_on_is_refused) {
    listening_sockets first({"127.0.0.1:0"});
    const std::string address = first.addresses().front();
    const auto open = first.open();
    const auto listen_again = [&] {
        listening_sockets second({address});
        static_cast<void>(second.open());
    };
    BOOST_CHECK_THROW(listen_again(), cannot_listen);
}

// For a client that asks and never reads, the system would keep megabytes, on either side.
BOOST_AUTO_TEST_CASE(connections_inherit_bounds_of_what_the_system_keeps_for_them) {
    listening_sockets sockets({"127.0.0.1:0"});
    const std::string address = sockets.addresses().front();
    const auto open = sockets.open();
    const testing::http_connection client(
        static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1))));
    const auto [connection, failed] = accept_connection(open.front().socket.descriptor());
    BOOST_TEST_REQUIRE(!failed);
    BOOST_TEST(option_of(connection, IPPROTO_TCP, TCP_NOTSENT_LOWAT) == bounds::unsent_bytes);
    BOOST_TEST(option_of(connection, SOL_SOCKET, SO_RCVBUF) == 2 * bounds::received_bytes);  // socket(7)
}

BOOST_AUTO_TEST_CASE(an_inherited_socket_is_told_by_its_address_and_stays_open_for_its_owner) {
    const testing::opened_socket owned;
    for (int process = 0; process < 2; ++process) {
        listening_sockets sockets = listening_sockets::inherit({{.descriptor = ::dup(owned.descriptor())}});
        BOOST_TEST(sockets.addresses().front() == "127.0.0.1:" + std::to_string(owned.port()) + " (inherited)");
        const testing::http_connection client(owned.port());
        const auto open = sockets.open();
        const connection_socket& listening = open.front().socket;
        const auto [connection, failed] = accept_connection(listening.descriptor());
        BOOST_TEST(!failed);
        const testing::http_connection bounded(owned.port());  // since it was opened
        const auto [second, second_failed] = accept_connection(listening.descriptor());
        BOOST_TEST_REQUIRE(!second_failed);
        BOOST_TEST(option_of(second, IPPROTO_TCP, TCP_NOTSENT_LOWAT) == bounds::unsent_bytes);
    }
    const testing::http_connection waits_for_the_next_one(owned.port());
}

BOOST_AUTO_TEST_CASE(what_is_no_stream_socket_that_listens_cannot_be_inherited) {
    const testing::opened_socket bound(testing::opened_socket::state::bound);
    const connection_socket datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const connection_socket local(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const connection_socket packets(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    const connection_socket file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    BOOST_TEST(check_inherited_socket(bound.descriptor()) == "does not listen");
    BOOST_TEST(check_inherited_socket(datagrams.descriptor()) == "is no TCP or Unix stream socket");
    BOOST_TEST(check_inherited_socket(local.descriptor()) == "does not listen");
    BOOST_TEST(check_inherited_socket(packets.descriptor()) == "is no TCP or Unix stream socket");
    BOOST_TEST(check_inherited_socket(file.descriptor()) == "is no socket");
    BOOST_TEST(check_inherited_socket(1'000'000) == "is no socket");
    BOOST_CHECK_THROW((void)listening_sockets::inherit({{.descriptor = datagrams.descriptor()}}), cannot_listen);
}

// Else a server that drains would be woken by everybody who waits for the next one, and find nobody to tell.
BOOST_AUTO_TEST_CASE(an_acceptor_that_is_closed_hears_no_more_of_a_socket_that_somebody_else_has_as_well) {
    event_loop loop([](const std::exception_ptr&) {});
    const testing::opened_socket owned;
    acceptor closed(loop, {.socket = connection_socket(::dup(owned.descriptor()))}, {});
    const testing::http_connection first(owned.port());
    loop.run_once(0ms);
    BOOST_TEST(loop.ready_this_turn() == 1U);
    closed.close();
    const testing::http_connection second(owned.port());
    loop.run_once(0ms);
    BOOST_TEST(loop.ready_this_turn() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
