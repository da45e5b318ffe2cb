#pragma once

#include "net/server/connection_socket.hpp"
#include "net/server/connection_terms.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/listener.hpp"
#include "net/server/suspension.hpp"

#include <memory>
#include <utility>

namespace pusherd::net {

/// A listening socket of one event loop. Its thread.
class acceptor final : private readiness_observer {
public:
    /// Throws system_error.
    acceptor(event_loop& loop, listening_socket listening, const connection_terms& terms);
    ~acceptor() { close(); }

    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;

    [[nodiscard]] bool is_open() const noexcept { return socket_.descriptor() >= 0; }

    /// Of its connections.
    [[nodiscard]] const connection_terms& terms() const noexcept { return terms_; }

    /// To be awaited: until somebody may be waiting to be accepted, or it is closed.
    [[nodiscard]] auto connection_or_close() { return waiting_.until_resumed(); }

    /// Takes the next connection; see accept_connection().
    [[nodiscard]] std::pair<connection_socket, boost::system::error_code> accept() const noexcept {
        return accept_connection(socket_.descriptor());
    }

    /// Leaves those who wait alone until resume(): what is wrong now would be wrong again at once.
    void pause() noexcept;
    /// If the system has no memory for it, the pause goes on: to be tried again.
    void resume() noexcept;

    void close();

private:
    // Without anybody who awaits it there is nothing to do: it is told again.
    void on_ready(readiness) override { waiting_.resume(); }

    event_loop& loop_;
    connection_socket socket_;
    std::unique_ptr<socket_file> file_;  // of a Unix socket
    connection_terms terms_;
    bool paused_ = false;
    suspension waiting_;
};

}  // namespace pusherd::net
