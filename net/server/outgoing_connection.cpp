#include "net/server/outgoing_connection.hpp"

#include <boost/system/system_error.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace pusherd::net {

connection_socket open_socket(const tcp::endpoint& server) noexcept {
    const int descriptor = ::socket(server.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int enabled = 1;
    if (descriptor >= 0) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
    return connection_socket(descriptor);
}

int begin_connecting(const connection_socket& socket, const tcp::endpoint& server, event_loop& loop,
                     readiness_observer& observer) {
    const auto size = static_cast<socklen_t>(server.size());
    if (::connect(socket.descriptor(), server.data(), size) != 0 && errno != EINPROGRESS) return errno;
    try {
        loop.watch_changes(socket.descriptor(), observer);
        return 0;
    } catch (const boost::system::system_error& failed) {
        return failed.code().value();
    }
}

int connect_error(const connection_socket& socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

std::string text_of(int error) { return boost::system::system_category().message(error); }

}  // namespace pusherd::net
