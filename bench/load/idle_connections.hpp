#pragma once

#include "net/asio.hpp"

#include <cstddef>
#include <vector>

namespace pusherd::bench {

/// Connections that are open and say nothing after one request each, until the destructor.
class idle_connections {
public:
    /// Throws run_failed if there cannot be so many.
    idle_connections(const net::tcp::endpoint& server, std::size_t count);

private:
    net::asio::io_context context_{1};
    std::vector<net::tcp_socket> sockets_;
};

}  // namespace pusherd::bench
