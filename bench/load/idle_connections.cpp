#include "bench/load/idle_connections.hpp"

#include "bench/load/run.hpp"

#include <boost/asio/write.hpp>

#include <array>

namespace pusherd::bench {
namespace {

// One request, so that what a server keeps of it is there to be seen.
bool use_once(net::tcp_socket& socket) {
    boost::system::error_code failed;
    net::asio::write(socket, net::asio::buffer(std::string_view("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                     failed);
    std::array<char, 4096> answer{};
    return !failed && socket.read_some(net::asio::buffer(answer), failed) > 0;
}

}  // namespace

idle_connections::idle_connections(const net::tcp::endpoint& server, std::size_t count) {
    sockets_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        net::tcp_socket& socket = sockets_.emplace_back(context_.get_executor());
        boost::system::error_code failed;
        socket.connect(server, failed);
        if (failed || !use_once(socket))
            throw run_failed("idle connection " + std::to_string(i + 1) + " of " + std::to_string(count) + ": " +
                             (failed ? failed.message() : "no answer"));
    }
}

}  // namespace pusherd::bench
