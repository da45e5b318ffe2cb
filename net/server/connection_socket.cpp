#include "net/server/connection_socket.hpp"

#include <boost/asio/error.hpp>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace pusherd::net {
namespace {

boost::system::error_code last_error() noexcept { return {errno, boost::system::system_category()}; }

// Calls again what a signal has interrupted.
template <class Call>
connection_socket::transfer transferred_by(Call&& call) noexcept {
    ssize_t count = call();
    while (count < 0 && errno == EINTR) count = call();
    if (count < 0) return {.bytes = 0, .failed = last_error()};
    return {.bytes = static_cast<std::size_t>(count)};
}

}  // namespace

bool connection_socket::transfer::must_wait() const noexcept {
    return failed == boost::asio::error::would_block || failed == boost::asio::error::try_again;
}

connection_socket::transfer connection_socket::receive(std::span<char> room) const noexcept {
    transfer done = transferred_by([&] { return ::recv(descriptor_, room.data(), room.size(), 0); });
    if (!done.failed && done.bytes == 0) done.failed = boost::asio::error::eof;
    done.took_all = done.must_wait() || done.bytes < room.size();
    return done;
}

connection_socket::transfer connection_socket::send(std::string_view bytes) const noexcept {
    return transferred_by([&] { return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
}

bool connection_socket::has_unread_bytes() const noexcept {
    int count = 0;
    return ::ioctl(descriptor_, FIONREAD, &count) == 0 && count > 0;
}

void connection_socket::say_and_close(std::string_view bytes) const noexcept {
    constexpr int at_most = 64;
    std::array<char, 4096> thrown_away;
    (void)send(bytes);
    end_sending();
    for (int i = 0; i < at_most && receive(thrown_away).bytes != 0; ++i) {
    }
}

void connection_socket::end_sending() const noexcept { ::shutdown(descriptor_, SHUT_WR); }

void connection_socket::close() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

std::pair<connection_socket, boost::system::error_code> accept_connection(int listening) noexcept {
    const int descriptor = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    const boost::system::error_code failed = descriptor < 0 ? last_error() : boost::system::error_code();
    return {connection_socket(descriptor), failed};
}

}  // namespace pusherd::net
