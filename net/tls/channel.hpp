#pragma once

#include "net/server/connection_socket.hpp"
#include "net/tls/socket_bio.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace pusherd::net::tls {

/// Whom a client means to meet.
struct meeting {
    ssl_ctx_st* context = nullptr;  ///< nullptr: no TLS
    std::string name{};             ///< told to the server, one of several at an address (RFC 6066, 3); empty: none
    std::string expected{};         ///< whose the certificate must be, a name or an address; empty: the context says
};

/// One connection's TLS, over a socket that never blocks: calls like the socket's own. One thread.
///
/// On OpenSSL itself, in place of asio::ssl::stream: that takes a socket of Asio's, which costs a system call for every
/// wait (net/server/connection_socket.hpp), copies all bytes once more on their way through memory, keeps 34 KB of
/// buffers for an idle connection, and allocates when it waits.
class channel {
public:
    enum class side : std::uint8_t { server, client };

    /// @param context an SSL_CTX; load_openssl() has been called
    /// @param socket must outlive it
    /// Throws bad_alloc.
    channel(ssl_ctx_st& context, const connection_socket& socket, side as);

    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    /// Whether the handshake is done: before, nothing can be received or sent.
    [[nodiscard]] bool is_established() const noexcept { return is_established_; }

    /// Carries the handshake on. No failure: it is done.
    [[nodiscard]] connection_socket::transfer shake_hands() noexcept;

    /// After a handshake has failed: whether that was a request in the clear.
    [[nodiscard]] bool heard_plain_http() const noexcept { return heard_plain_http_; }

    /// Of a client, before the handshake: whom it means to meet; the context is that of the constructor.
    /// Throws bad_alloc.
    void expect(const meeting& whom);

    /// Of a client, after a handshake has failed: why the server's certificate is not trusted; nullptr if it is, or
    /// none has come.
    [[nodiscard]] const char* why_not_trusted() const noexcept;

    // As a connection_socket's. An end without TLS's own word for it is an end like any: HTTP says itself where a
    // request ends, so nothing can be cut off unnoticed.

    [[nodiscard]] connection_socket::transfer receive(std::span<char> room) noexcept;
    /// What must wait, or was sent in part, must be sent again as it was before anything else is.
    [[nodiscard]] connection_socket::transfer send(std::string_view bytes) noexcept;
    [[nodiscard]] bool has_unread_bytes() const noexcept;

    /// Whether the call that has had to wait last waits for what the other direction usually waits for: one that
    /// receives may have to send first.
    [[nodiscard]] bool is_crossed() const noexcept { return is_crossed_; }

    /// Says that nothing more will be sent (close_notify), if the socket takes it at once; once.
    void end_sending() noexcept;

private:
    struct free_ssl {
        void operator()(ssl_st* each) const noexcept;
    };

    void begin_call() noexcept;
    [[nodiscard]] boost::system::error_code why_failed(int result, int usual_wait) noexcept;
    [[nodiscard]] bool took_all() const noexcept;

    socket_link link_;
    std::unique_ptr<ssl_st, free_ssl> ssl_;
    bool is_established_ = false;
    bool is_broken_ = false;  // nothing more may be asked of ssl_
    bool is_crossed_ = false;
    bool has_ended_sending_ = false;
    bool heard_plain_http_ = false;
};

}  // namespace pusherd::net::tls
