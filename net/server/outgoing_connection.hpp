#pragma once

#include "net/asio.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"

#include <string>

namespace pusherd::net {

/// A socket that never blocks and sends small requests at once, or one whose descriptor is -1 (socket(2), errno).
[[nodiscard]] connection_socket open_socket(const tcp::endpoint& server) noexcept;

/// Begins to connect it. The loop tells the observer that it is writable once that has come to an end: connect_error()
/// says which.
/// @return the system's error, or 0
[[nodiscard]] int begin_connecting(const connection_socket& socket, const tcp::endpoint& server, event_loop& loop,
                                   readiness_observer& observer);

/// Why the connection could not be made, or 0.
[[nodiscard]] int connect_error(const connection_socket& socket) noexcept;

/// The system's text for an error.
[[nodiscard]] std::string text_of(int error);

}  // namespace pusherd::net
