#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace pusherd::net {

/// The socket of one connection: plain calls that never block. One thread.
///
/// By hand in place of Asio's, which joins its reactor when it is made, and arms it anew for each wait: a system call a
/// request and three a connection, of two and nine in all (docs/performance.md). Waiting for it is event_loop's.
class connection_socket {
public:
    /// What a call has transferred, or why nothing.
    struct transfer {
        std::size_t bytes = 0;
        boost::system::error_code failed{};  ///< asio::error::would_block: nothing now; asio::error::eof: nothing more
        bool took_all = false;               ///< of a receive: whatever else comes is told by the event loop

        [[nodiscard]] bool must_wait() const noexcept;
    };

    connection_socket() noexcept = default;

    /// Takes a descriptor over; it must be non-blocking.
    explicit connection_socket(int descriptor) noexcept : descriptor_(descriptor) {}
    connection_socket(connection_socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    connection_socket& operator=(connection_socket&&) = delete;
    ~connection_socket() { close(); }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// Reads what is there.
    [[nodiscard]] transfer receive(std::span<char> room) const noexcept;

    /// Sends as much as the system takes now.
    [[nodiscard]] transfer send(std::string_view bytes) const noexcept;

    /// Whether the system holds bytes that have not been received.
    [[nodiscard]] bool has_unread_bytes() const noexcept;

    /// The last thing that is said to somebody who is not served: sends what the system takes now, and that nothing
    /// more will come. What has arrived is thrown away, as far as it is there: unread, it would make the close a reset,
    /// and the client might not see what was said.
    void say_and_close(std::string_view bytes) const noexcept;

    /// Says that nothing more will be sent; the client may go on.
    void end_sending() const noexcept;

    /// Every call after this fails.
    void close() noexcept;

private:
    int descriptor_ = -1;
};

/// Takes the next connection of a listening socket that does not block.
/// @return the socket, or why there is none: asio::error::would_block if nobody waits
[[nodiscard]] std::pair<connection_socket, boost::system::error_code> accept_connection(int listening) noexcept;

}  // namespace pusherd::net
