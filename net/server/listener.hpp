#pragma once

#include "net/asio.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/listen_address.hpp"
#include "net/server/unix_socket.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::net {

/// An address that cannot be listened on. what() is one line for the operator.
class cannot_listen : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A socket that is open for connections, and does not block.
struct listening_socket {
    connection_socket socket;
    bool is_tls = false;                  ///< nothing is said in the clear on its connections
    std::unique_ptr<socket_file> file{};  ///< of a Unix socket: goes with it
};

/// The sockets to listen on: bound, so that a port in use is known before anything else is touched, but not open for
/// connections before the server starts.
class listening_sockets {
public:
    /// @param addresses see listen_address; IPv6 addresses in brackets; a name is resolved, and all its addresses are
    ///                  listened on; port 0 takes a free one
    /// @param permissions of Unix sockets
    /// Throws cannot_listen.
    explicit listening_sockets(const std::vector<std::string>& addresses, const socket_permissions& permissions = {});

    /// `HOST:PORT` of each, with the real port, and ` (TLS)` behind it where that is spoken; `unix:/path`.
    [[nodiscard]] std::vector<std::string> addresses() const;

    /// Opens the sockets for connections, and hands them over. Throws cannot_listen.
    [[nodiscard]] std::vector<listening_socket> open();

private:
    struct bound_socket {
        tcp_acceptor socket;
        bool is_tls;
    };

    void bind(const tcp::endpoint& endpoint, const std::string& address, bool is_tls);

    std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>(1);  // never runs
    std::vector<bound_socket> sockets_;
    std::vector<unix_socket> unix_sockets_;
};

/// `HOST:PORT` of an endpoint.
[[nodiscard]] std::string to_string(const tcp::endpoint& endpoint);

}  // namespace pusherd::net
