#include "net/server/listener.hpp"

#include "net/bounds.hpp"

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <netinet/tcp.h>

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

}  // namespace

std::string to_string(const tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

listening_sockets::listening_sockets(const std::vector<std::string>& addresses, const socket_permissions& permissions) {
    for (const std::string& address : addresses) {
        if (std::string problem = check_listen_address(address); !problem.empty()) throw cannot_listen(problem);
        const auto [how, where] = parse_listen_address(address);
        if (how == listen_address::kind::unix_domain) {
            unix_sockets_.emplace_back(where, permissions);
            continue;
        }
        const auto [host, port] = split(where);
        asio::ip::basic_resolver<tcp, executor> resolver(context_->get_executor());
        boost::system::error_code problem;
        const auto found = resolver.resolve(host, port, tcp::resolver::passive, problem);
        if (problem) throw cannot_listen(address + ": cannot be resolved: " + problem.message());
        for (const auto& entry : found) bind(entry.endpoint(), address, how == listen_address::kind::tls);
    }
}

void listening_sockets::bind(const tcp::endpoint& endpoint, const std::string& address, bool is_tls) {
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
    sockets_.push_back({std::move(socket), is_tls});
}

std::vector<std::string> listening_sockets::addresses() const {
    std::vector<std::string> out;
    out.reserve(sockets_.size() + unix_sockets_.size());
    for (const auto& [socket, is_tls] : sockets_)
        out.push_back(to_string(socket.local_endpoint()) + (is_tls ? " (TLS)" : ""));
    for (const unix_socket& each : unix_sockets_) out.push_back("unix:" + each.path());
    return out;
}

std::vector<listening_socket> listening_sockets::open() {
    std::vector<listening_socket> opened;
    for (auto& [socket, is_tls] : sockets_) {
        boost::system::error_code problem;
        socket.native_non_blocking(true, problem);
        // Connections inherit these (Linux): an answer goes out at once, whatever is on its way before it, and what
        // waits on either side has a bound.
        if (!problem) socket.set_option(tcp::no_delay(true), problem);
        if (!problem) socket.set_option(asio::socket_base::receive_buffer_size(bounds::received_bytes), problem);
        if (!problem) socket.set_option(unsent_bytes(bounds::unsent_bytes), problem);
        if (!problem) socket.listen(tcp_acceptor::max_listen_connections, problem);
        if (problem) throw cannot_listen(to_string(socket.local_endpoint()) + ": cannot listen: " + problem.message());
        opened.push_back({.socket = connection_socket(socket.release()), .is_tls = is_tls});
    }
    sockets_.clear();
    for (const unix_socket& each : unix_sockets_) {
        auto [socket, file] = each.open();
        opened.push_back({.socket = std::move(socket), .file = std::move(file)});
    }
    unix_sockets_.clear();
    return opened;
}

}  // namespace pusherd::net
