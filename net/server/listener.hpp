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

/// Why a descriptor cannot be listened on: it must be a TCP socket that is open for connections; empty: it can be.
[[nodiscard]] std::string check_inherited_socket(int descriptor);

/// The sockets to listen on: bound, so that a port in use is known before anything else is touched, but not open for
/// connections before the server starts. Those that were inherited are open from the beginning, and somebody else's.
class listening_sockets {
public:
    /// @param addresses `HOST:PORT` each, IPv6 addresses in brackets; a name is resolved, and all its addresses are
    ///                  listened on; port 0 takes a free one
    /// Throws cannot_listen.
    explicit listening_sockets(const std::vector<std::string>& addresses);

    /// Takes over sockets that another process has opened for connections, and keeps open when this one ends: who
    /// connects in between waits for the next one.
    /// @param descriptors each closed when this process is done with it
    /// Throws cannot_listen for one that check_inherited_socket() refuses.
    [[nodiscard]] static listening_sockets inherit(const std::vector<int>& descriptors);

    /// `HOST:PORT` of each, with the real port.
    [[nodiscard]] std::vector<std::string> addresses() const;

    /// Opens the sockets for connections, unless they are, and hands their descriptors over, which do not block. Throws
    /// cannot_listen.
    [[nodiscard]] std::vector<int> open();

private:
    listening_sockets() = default;

    void bind(const tcp::endpoint& endpoint, const std::string& address);

    std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>(1);  // never runs
    std::vector<tcp_acceptor> sockets_;
    bool are_open_ = false;
};

/// `HOST:PORT` of an endpoint.
[[nodiscard]] std::string to_string(const tcp::endpoint& endpoint);

}  // namespace pusherd::net
