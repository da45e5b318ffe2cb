#pragma once

#include "net/server/connection_socket.hpp"
#include "net/tls/channel.hpp"
#include "net/tls/credentials.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace pusherd::net {

/// How the bytes of one connection travel: through its socket as they are, or through TLS. One thread.
///
/// A branch, and no virtual call: a list in the clear pays a predictable comparison for it, and an idle connection a
/// pointer.
class transport {
public:
    /// @param credentials with them it speaks TLS, and nothing in the clear; none: in the clear
    /// Throws bad_alloc.
    transport(connection_socket socket, const tls::credentials* credentials)
        : socket_(std::move(socket)), tls_(credentials == nullptr ? nullptr : credentials->accept(socket_)) {}

    /// Tells the client that this is the end, where TLS has a word for it.
    ~transport() {
        if (tls_) tls_->end_sending();
    }

    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return socket_.descriptor(); }

    /// Whether there is a handshake to be carried on before anything can be received or sent.
    [[nodiscard]] bool is_shaking_hands() const noexcept { return tls_ && !tls_->is_established(); }

    /// See tls::channel; for who is_shaking_hands().
    [[nodiscard]] connection_socket::transfer shake_hands() noexcept { return tls_->shake_hands(); }
    [[nodiscard]] bool heard_plain_http() const noexcept { return tls_ && tls_->heard_plain_http(); }

    /// See tls::channel.
    [[nodiscard]] bool is_crossed() const noexcept { return tls_ && tls_->is_crossed(); }

    // As a connection_socket's.

    [[nodiscard]] connection_socket::transfer receive(std::span<char> room) noexcept {
        return tls_ ? tls_->receive(room) : socket_.receive(room);
    }
    [[nodiscard]] connection_socket::transfer send(std::string_view bytes) noexcept {
        return tls_ ? tls_->send(bytes) : socket_.send(bytes);
    }
    [[nodiscard]] bool has_unread_bytes() const noexcept {
        return tls_ ? tls_->has_unread_bytes() : socket_.has_unread_bytes();
    }
    /// Whether bytes have come that the event loop is about to tell of. Unlike half a TLS record, which may have been
    /// read long ago, they do not stay.
    [[nodiscard]] bool has_new_bytes() const noexcept { return socket_.has_unread_bytes(); }

    /// Before a TLS handshake is done, nothing can be said.
    void say_and_close(std::string_view bytes) noexcept {
        if (tls_ && tls_->is_established()) (void)tls_->send(bytes);
        if (tls_) tls_->end_sending();
        socket_.say_and_close(tls_ ? std::string_view() : bytes);
    }

    /// The same in the clear, for who has not spoken TLS.
    void say_in_the_clear_and_close(std::string_view bytes) const noexcept { socket_.say_and_close(bytes); }

    void end_sending() noexcept {
        if (tls_) tls_->end_sending();
        socket_.end_sending();
    }

    void close() noexcept {
        if (tls_) tls_->end_sending();
        socket_.close();
    }

private:
    connection_socket socket_;
    std::unique_ptr<tls::channel> tls_;  // none: in the clear
};

}  // namespace pusherd::net
