#pragma once

#include "net/server/connection_socket.hpp"

#include <boost/system/error_code.hpp>

struct bio_st;

namespace pusherd::net::tls {

/// A connection's socket as OpenSSL uses it, and what has come of that since begin().
struct socket_link {
    const connection_socket& socket;
    bool had_to_wait = false;  ///< there was nothing to receive, or no room to send
    bool took_all = false;     ///< the last call that received took all that was there
    bool has_ended = false;    ///< nothing more will come; stays so
    boost::system::error_code failed{};

    void begin() noexcept {
        had_to_wait = took_all = false;
        failed = {};
    }
};

/// A BIO on it, which is OpenSSL's word for what it reads from and writes to. OpenSSL's own for sockets (SSL_set_fd(3))
/// would keep the descriptor's number, whose next owner may be another connection; could send SIGPIPE; and could not
/// tell whether the system has more, which would take a system call a request to find out.
/// @param link must outlive it
/// @return none if there is no memory
[[nodiscard]] bio_st* new_socket_bio(socket_link& link);

}  // namespace pusherd::net::tls
