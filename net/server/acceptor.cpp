#include "net/server/acceptor.hpp"

#include <boost/system/system_error.hpp>

namespace pusherd::net {

acceptor::acceptor(event_loop& loop, listening_socket listening, const connection_terms& terms)
    : loop_(loop), socket_(std::move(listening.socket)), file_(std::move(listening.file)), terms_(terms) {
    loop_.watch_while_readable(socket_.descriptor(), *this);
}

void acceptor::pause() noexcept {
    if (!is_open() || paused_) return;
    loop_.forget(socket_.descriptor());
    paused_ = true;
}

void acceptor::resume() noexcept {
    if (!is_open() || !paused_) return;
    try {
        loop_.watch_while_readable(socket_.descriptor(), *this);
        paused_ = false;
    } catch (const boost::system::system_error&) {
        return;
    }
}

void acceptor::close() {
    // By hand: of a socket that another process has as well, the loop would be told on after the close (epoll(7)).
    if (is_open() && !paused_) loop_.forget(socket_.descriptor());
    file_.reset();  // first, so that nobody finds the file of a server that is gone
    socket_.close();
    waiting_.resume();
}

}  // namespace pusherd::net
