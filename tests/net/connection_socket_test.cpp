// The sockets of connections: what their calls say, and what they inherit.

#include "net/server/connection_socket.hpp"

#include "net/server/listener.hpp"
#include "tests/support/http_client.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::net {
namespace {

// Until something can be read, or 10 s have passed.
void wait_for_bytes(int descriptor) {
    pollfd waited{.fd = descriptor, .events = POLLIN, .revents = 0};
    BOOST_REQUIRE(::poll(&waited, 1, 10'000) == 1);
}

struct one_connection {
    listening_sockets sockets{{"127.0.0.1:0"}};
    std::string address = sockets.addresses().front();
    connection_socket listening{std::move(sockets.open().front().socket)};
    testing::http_connection client{static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)))};
    connection_socket socket = accept();
    std::array<char, 16> room{};

    connection_socket accept() {
        wait_for_bytes(listening.descriptor());
        auto [accepted, failed] = accept_connection(listening.descriptor());
        BOOST_REQUIRE(!failed);
        return std::move(accepted);
    }

    std::string receive() {
        wait_for_bytes(socket.descriptor());
        const auto received = socket.receive(room);
        return received.failed ? received.failed.message() : std::string(room.data(), received.bytes);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connection_sockets, one_connection)

BOOST_AUTO_TEST_CASE(nobody_waits_to_be_accepted) {
    const auto accepted = accept_connection(listening.descriptor());
    BOOST_TEST(accepted.second == boost::asio::error::would_block);
    BOOST_TEST(accepted.first.descriptor() < 0);
}

BOOST_AUTO_TEST_CASE(a_connection_does_not_block_nor_outlive_an_exec_nor_wait_for_more_to_send) {
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    BOOST_REQUIRE(::getsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
    BOOST_TEST(no_delay != 0);
    BOOST_TEST((::fcntl(socket.descriptor(), F_GETFL) & O_NONBLOCK) != 0);
    BOOST_TEST((::fcntl(socket.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(what_has_not_come_must_be_waited_for) {
    const auto received = socket.receive(room);
    BOOST_TEST(received.must_wait());
    BOOST_TEST(received.bytes == 0U);
    BOOST_TEST(!socket.has_unread_bytes());
}

BOOST_AUTO_TEST_CASE(bytes_come_as_they_were_sent_and_the_end_after_them) {
    client.send("hello");
    wait_for_bytes(socket.descriptor());
    BOOST_TEST(socket.has_unread_bytes());
    BOOST_TEST(receive() == "hello");
    client.shutdown_send();
    wait_for_bytes(socket.descriptor());
    const auto ended = socket.receive(room);
    BOOST_TEST(ended.failed == boost::asio::error::eof);
    BOOST_TEST(!ended.must_wait());
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_must_be_waited_for) {
    const std::string much(64 * 1024, 'x');
    std::size_t sent = 0;
    auto done = socket.send(much);
    for (; !done.failed && sent < (std::size_t{64} << 20); done = socket.send(much)) sent += done.bytes;
    BOOST_TEST(done.must_wait());
    BOOST_TEST(sent > 0U);
}

BOOST_AUTO_TEST_CASE(a_closed_socket_fails_at_every_call) {
    socket.close();
    socket.close();
    BOOST_TEST((socket.receive(room).failed && !socket.receive(room).must_wait()));
    BOOST_TEST((socket.send("x").failed && !socket.send("x").must_wait()));
    BOOST_TEST(!socket.has_unread_bytes());
    socket.end_sending();
    BOOST_TEST(client.is_closed_within(std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
