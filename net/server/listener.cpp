#include "net/server/listener.hpp"

#include "net/bounds.hpp"

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

namespace pusherd::net {
namespace {

using unsent_bytes = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;

struct host_and_port {
    std::string host;
    std::string port;
};

host_and_port split(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    const std::string host = address.substr(0, colon);
    return {host.starts_with('[') ? host.substr(1, host.size() - 2) : host, address.substr(colon + 1)};
}

// What the socket itself says about a property of it (socket(7)); -1 if it is no socket.
int property_of(int descriptor, int name) noexcept {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_port(std::string_view text) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && number <= 65535;
}

}  // namespace

std::string check_listen_address(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    const bool is_bracketed = address.starts_with('[');
    const bool has_host = colon != std::string::npos && colon != 0 &&
                          (is_bracketed ? colon > 2 && address[colon - 1] == ']' : address.find(':') == colon);
    if (!has_host) return address + ": expected HOST:PORT, such as 127.0.0.1:8008 or [::1]:8008";
    if (!is_port(std::string_view(address).substr(colon + 1)))
        return address + ": the port must be a number up to 65535";
    return {};
}

std::string check_inherited_socket(int descriptor) {
    const int domain = property_of(descriptor, SO_DOMAIN);
    if (domain < 0) return "is no socket";
    if ((domain != AF_INET && domain != AF_INET6) || property_of(descriptor, SO_PROTOCOL) != IPPROTO_TCP)
        return "is no TCP socket";
    return property_of(descriptor, SO_ACCEPTCONN) == 1 ? "" : "does not listen";
}

std::string to_string(const tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

listening_sockets::listening_sockets(const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
        if (std::string problem = check_listen_address(address); !problem.empty()) throw cannot_listen(problem);
        const auto [host, port] = split(address);
        asio::ip::basic_resolver<tcp, executor> resolver(context_->get_executor());
        boost::system::error_code problem;
        const auto found = resolver.resolve(host, port, tcp::resolver::passive, problem);
        if (problem) throw cannot_listen(address + ": cannot be resolved: " + problem.message());
        for (const auto& entry : found) bind(entry.endpoint(), address);
    }
}

void listening_sockets::bind(const tcp::endpoint& endpoint, const std::string& address) {
    tcp_acceptor socket(context_->get_executor());
    boost::system::error_code problem;
    const auto check = [&] {
        if (problem) throw cannot_listen(address + ": cannot listen: " + problem.message());
    };
    socket.open(endpoint.protocol(), problem);
    check();
    socket.set_option(tcp_acceptor::reuse_address(true), problem);
    check();
    // So that [::]:8008 and 0.0.0.0:8008 can stand side by side.
    if (endpoint.address().is_v6()) socket.set_option(asio::ip::v6_only(true), problem);
    check();
    socket.bind(endpoint, problem);
    check();
    sockets_.push_back(std::move(socket));
}

listening_sockets listening_sockets::inherit(const std::vector<int>& descriptors) {
    listening_sockets inherited;
    inherited.are_open_ = true;
    for (const int descriptor : descriptors) {
        const auto refuse = [&](const std::string& why) {
            throw cannot_listen("inherited descriptor " + std::to_string(descriptor) + ": " + why);
        };
        if (const std::string why = check_inherited_socket(descriptor); !why.empty()) refuse(why);
        tcp_acceptor socket(inherited.context_->get_executor());
        boost::system::error_code problem;
        socket.assign(property_of(descriptor, SO_DOMAIN) == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor, problem);
        if (problem) refuse(problem.message());
        inherited.sockets_.push_back(std::move(socket));
    }
    return inherited;
}

std::vector<std::string> listening_sockets::addresses() const {
    std::vector<std::string> out;
    out.reserve(sockets_.size());
    for (const tcp_acceptor& socket : sockets_) out.push_back(to_string(socket.local_endpoint()));
    return out;
}

std::vector<int> listening_sockets::open() {
    std::vector<int> descriptors;
    for (tcp_acceptor& socket : sockets_) {
        boost::system::error_code problem;
        socket.native_non_blocking(true, problem);
        // Connections inherit these (Linux): an answer goes out at once, whatever is on its way before it, and what
        // waits on either side has a bound.
        if (!problem) socket.set_option(tcp::no_delay(true), problem);
        if (!problem) socket.set_option(asio::socket_base::receive_buffer_size(bounds::received_bytes), problem);
        if (!problem) socket.set_option(unsent_bytes(bounds::unsent_bytes), problem);
        // How many may wait for an inherited one is its owner's business.
        if (!problem && !are_open_) socket.listen(tcp_acceptor::max_listen_connections, problem);
        if (problem) throw cannot_listen(to_string(socket.local_endpoint()) + ": cannot listen: " + problem.message());
    }
    descriptors.reserve(sockets_.size());
    for (tcp_acceptor& socket : sockets_) descriptors.push_back(socket.release());
    sockets_.clear();
    return descriptors;
}

}  // namespace pusherd::net
