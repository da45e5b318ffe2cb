#include "net/tls/channel.hpp"

#include "net/tls/openssl.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <new>
#include <utility>

namespace pusherd::net::tls {

void channel::free_ssl::operator()(ssl_st* each) const noexcept { SSL_free(each); }

channel::channel(ssl_ctx_st& context, const connection_socket& socket, side as)
    : link_{.socket = socket}, ssl_(SSL_new(&context)) {
    BIO* const bio = ssl_ ? new_socket_bio(link_) : nullptr;
    if (bio == nullptr) throw std::bad_alloc();
    SSL_set_bio(ssl_.get(), bio, bio);
    if (as == side::server)
        SSL_set_accept_state(ssl_.get());
    else
        SSL_set_connect_state(ssl_.get());
}

// What is left in the thread's queue of errors would be taken for this call's.
void channel::begin_call() noexcept {
    ERR_clear_error();
    link_.begin();
    is_crossed_ = false;
}

connection_socket::transfer channel::shake_hands() noexcept {
    begin_call();
    const int result = SSL_do_handshake(ssl_.get());
    connection_socket::transfer out;
    if (result == 1)
        is_established_ = true;
    else
        out.failed = why_failed(result, SSL_ERROR_WANT_READ);
    const unsigned long error = ERR_peek_error();
    heard_plain_http_ = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
    out.took_all = took_all();
    return out;
}

void channel::expect(const meeting& whom) {
    begin_call();
    // As SSL_set_tlsext_host_name(), whose macro has casts of C's.
    if (!whom.name.empty())
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(whom.name.c_str()));
    if (whom.expected.empty()) return;
    if (!expect_host(SSL_get0_param(ssl_.get()), whom.expected)) throw std::bad_alloc();
}

const char* channel::why_not_trusted() const noexcept {
    const long result = SSL_get_verify_result(ssl_.get());
    return result == X509_V_OK ? nullptr : X509_verify_cert_error_string(result);
}

connection_socket::transfer channel::receive(std::span<char> room) noexcept {
    begin_call();
    connection_socket::transfer out;
    const int result = SSL_read_ex(ssl_.get(), room.data(), room.size(), &out.bytes);
    if (result != 1) out.failed = why_failed(result, SSL_ERROR_WANT_READ);
    out.took_all = took_all();
    return out;
}

// A record at a time, of 16 KB.
connection_socket::transfer channel::send(std::string_view bytes) noexcept {
    connection_socket::transfer out;
    while (out.bytes < bytes.size()) {
        begin_call();
        std::size_t written = 0;
        const auto rest = bytes.substr(out.bytes);
        const int result = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &written);
        if (result != 1) {
            const auto failed = why_failed(result, SSL_ERROR_WANT_WRITE);
            if (out.bytes == 0) out.failed = failed;
            break;
        }
        out.bytes += written;
    }
    return out;
}

bool channel::has_unread_bytes() const noexcept {
    return SSL_has_pending(ssl_.get()) == 1 || link_.socket.has_unread_bytes();
}

void channel::end_sending() noexcept {
    if (!is_established_ || is_broken_ || std::exchange(has_ended_sending_, true)) return;
    begin_call();
    if (SSL_shutdown(ssl_.get()) < 0) is_broken_ = true;
}

boost::system::error_code channel::why_failed(int result, int usual_wait) noexcept {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        is_crossed_ = error != usual_wait;
        return boost::asio::error::would_block;
    }
    if (error == SSL_ERROR_ZERO_RETURN) return boost::asio::error::eof;
    is_broken_ = true;
    if (link_.failed) return link_.failed;
    if (link_.has_ended) return boost::asio::error::eof;
    return make_error_code(boost::system::errc::protocol_error);
}

// Without a look at the system in this call, something may have come since the last one and been told already.
bool channel::took_all() const noexcept {
    return link_.had_to_wait || (link_.took_all && SSL_has_pending(ssl_.get()) == 0);
}

}  // namespace pusherd::net::tls
