#include "tests/support/opened_socket.hpp"

#include "tests/support/exchange_recorder.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pusherd::testing {
namespace {

void check(int result, const char* call) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), call);
}

}  // namespace

opened_socket::opened_socket(state wanted) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    check(descriptor_, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    if (wanted == state::listening) check(::listen(descriptor_, SOMAXCONN), "listen");
    exchange_recorder::began_to_listen(port());
}

opened_socket::opened_socket(const std::filesystem::path& path)
    : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    check(descriptor_, "socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    check(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    check(::listen(descriptor_, SOMAXCONN), "listen");
}

opened_socket::~opened_socket() { ::close(descriptor_); }

std::uint16_t opened_socket::port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    check(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return ntohs(address.sin_port);
}

}  // namespace pusherd::testing
