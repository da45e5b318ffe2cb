#include "net/server/inherited_socket.hpp"

#include "net/server/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>

namespace pusherd::net {
namespace {

// What the socket itself says about a property of it (socket(7)); -1 if it is no socket.
int property_of(int descriptor, int name) noexcept {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_stream(int descriptor) noexcept {
    if (is_internet_socket(descriptor)) return property_of(descriptor, SO_PROTOCOL) == IPPROTO_TCP;
    return property_of(descriptor, SO_DOMAIN) == AF_UNIX && property_of(descriptor, SO_TYPE) == SOCK_STREAM;
}

// A name in the abstract namespace begins with NUL, and is written with an @ (unix(7)).
std::string path_of(const sockaddr_un& address, socklen_t size) {
    const std::size_t length = size - offsetof(sockaddr_un, sun_path);
    std::string path(address.sun_path, length);
    if (path.starts_with('\0')) return '@' + path.substr(1);
    return path.substr(0, path.find('\0'));
}

}  // namespace

bool is_internet_socket(int descriptor) noexcept {
    const int domain = property_of(descriptor, SO_DOMAIN);
    return domain == AF_INET || domain == AF_INET6;
}

std::string check_inherited_socket(int descriptor) {
    if (property_of(descriptor, SO_DOMAIN) < 0) return "is no socket";
    if (!is_stream(descriptor)) return "is no TCP or Unix stream socket";
    return property_of(descriptor, SO_ACCEPTCONN) == 1 ? "" : "does not listen";
}

std::string address_of_inherited(int descriptor) {
    if (is_internet_socket(descriptor)) {
        tcp::endpoint endpoint;
        socklen_t size = static_cast<socklen_t>(endpoint.capacity());
        if (::getsockname(descriptor, endpoint.data(), &size) != 0) return "an unknown address";
        endpoint.resize(size);
        return to_string(endpoint);
    }
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "an unknown path";
    return "unix:" + path_of(address, size);
}

}  // namespace pusherd::net
