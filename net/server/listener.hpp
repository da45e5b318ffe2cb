#pragma once

#include "net/api/routes.hpp"
#include "net/asio.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/inherited_socket.hpp"
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
    surface offers = surface::api;        ///< what may be asked for on them
    std::unique_ptr<socket_file> file{};  ///< of a Unix socket: goes with it
};

/// The sockets to listen on: bound, so that a port in use is known before anything else is touched, but not open for
/// connections before the server starts. Those that were inherited are open from the beginning, and somebody else's.
class listening_sockets {
public:
    /// @param addresses see listen_address; IPv6 addresses in brackets; a name is resolved, and all its addresses are
    ///                  listened on; port 0 takes a free one
    /// @param permissions of Unix sockets
    /// Throws cannot_listen.
    explicit listening_sockets(const std::vector<std::string>& addresses, const socket_permissions& permissions = {},
                               surface offers = surface::api);

    /// Adds another's sockets to these.
    void join(listening_sockets more);

    /// Takes over sockets that another process has opened for connections, and keeps open when this one ends: who
    /// connects in between waits for the next one.
    /// Throws cannot_listen for one that check_inherited_socket() refuses.
    [[nodiscard]] static listening_sockets inherit(const std::vector<inherited_socket>& sockets);

    /// `HOST:PORT` of each, with the real port, or `unix:/path`; behind it ` (TLS)` where that is spoken, and `
    /// (inherited)`.
    [[nodiscard]] std::vector<std::string> addresses(surface which = surface::api) const;

    /// Whether any of them offers that.
    [[nodiscard]] bool offer(surface which) const noexcept;

    /// Whether TLS is spoken on one of them.
    [[nodiscard]] bool need_credentials() const noexcept;

    /// Opens the sockets for connections, unless they are, and hands them over. Throws cannot_listen.
    [[nodiscard]] std::vector<listening_socket> open();

private:
    struct bound_socket {
        tcp_acceptor socket;
        bool is_tls;
        surface offers;
    };
    struct bound_unix_socket {
        unix_socket socket;
        surface offers;
    };

    listening_sockets() = default;

    void bind(const tcp::endpoint& endpoint, const std::string& address, bool is_tls, surface offers);

    std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>(1);  // never runs
    std::vector<std::unique_ptr<asio::io_context>> contexts_of_others_;                  // of sockets that have joined
    std::vector<bound_socket> sockets_;
    std::vector<bound_unix_socket> unix_sockets_;
    std::vector<listening_socket> inherited_;
};

/// `HOST:PORT` of an endpoint.
[[nodiscard]] std::string to_string(const tcp::endpoint& endpoint);

}  // namespace pusherd::net
