#include "tests/support/notify_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <stdexcept>

namespace pusherd::testing {

notify_socket::notify_socket(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0) throw std::runtime_error("bind");
}

notify_socket::~notify_socket() { ::close(socket_); }

std::string notify_socket::receive(std::chrono::milliseconds within) const {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(within.count())) != 1) return "nothing";
    char bytes[256];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    return {bytes, static_cast<std::size_t>(got)};
}

std::string notify_socket::receive_news() const {
    for (;;)
        if (std::string said = receive(); said != "WATCHDOG=1") return said;
}

}  // namespace pusherd::testing
