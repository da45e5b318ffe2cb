// Addresses to listen on.

#include "net/bounds.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/listener.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pusherd::net {
namespace {

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
