#pragma once

#include "net/asio.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::net {

/// An address that cannot be listened on. what() is one line for the operator.
class cannot_listen : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What is wrong with an address to listen on, `HOST:PORT`, as it is written; empty: nothing.
[[nodiscard]] std::string check_listen_address(const std::string& address);

/// The sockets to listen on: bound, so that a port in use is known before anything else is touched, but not open for
/// connections before the server starts.
class listening_sockets {
public:
    /// @param addresses `HOST:PORT` each, IPv6 addresses in brackets; a name is resolved, and all its addresses are
    ///                  listened on; port 0 takes a free one
    /// Throws cannot_listen.
    explicit listening_sockets(const std::vector<std::string>& addresses);

    /// `HOST:PORT` of each, with the real port.
    [[nodiscard]] std::vector<std::string> addresses() const;

    /// Opens the sockets for connections, and hands their descriptors over, which do not block. Throws cannot_listen.
    [[nodiscard]] std::vector<int> open();

private:
    void bind(const tcp::endpoint& endpoint, const std::string& address);

    std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>(1);  // never runs
    std::vector<tcp_acceptor> sockets_;
};

/// `HOST:PORT` of an endpoint.
[[nodiscard]] std::string to_string(const tcp::endpoint& endpoint);

}  // namespace pusherd::net
