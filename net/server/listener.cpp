#include "net/server/listener.hpp"

#include "net/bounds.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace pusherd::net {
namespace {

struct host_and_port {
    std::string host;
    std::string port;
};

host_and_port split(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    const std::string host = address.substr(0, colon);
    return {host.starts_with('[') ? host.substr(1, host.size() - 2) : host, address.substr(colon + 1)};
}

bool set(int descriptor, int level, int name, int value) noexcept {
    return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

// Makes a listening socket one that does not block. Connections inherit the rest (Linux): an answer goes out at once,
// whatever is on its way before it, and what waits on either side has a bound. Unix sockets have their own bounds.
boost::system::error_code bound_connections_of(int descriptor) noexcept {
    bool is_done = ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0;
    if (is_internet_socket(descriptor))
        is_done = is_done && set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1) &&
                  set(descriptor, SOL_SOCKET, SO_RCVBUF, bounds::received_bytes) &&
                  set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bounds::unsent_bytes);
    return is_done ? boost::system::error_code() : boost::system::error_code(errno, boost::system::system_category());
}

}  // namespace

std::string to_string(const tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

listening_sockets::listening_sockets(const std::vector<std::string>& addresses, const socket_permissions& permissions,
                                     surface offers) {
    for (const std::string& address : addresses) {
        if (std::string problem = check_listen_address(address); !problem.empty()) throw cannot_listen(problem);
        const auto [how, where] = parse_listen_address(address);
        if (how == listen_address::kind::unix_domain) {
            unix_sockets_.push_back({unix_socket(where, permissions), offers});
            continue;
        }
        const auto [host, port] = split(where);
        asio::ip::basic_resolver<tcp, executor> resolver(context_->get_executor());
        boost::system::error_code problem;
        const auto found = resolver.resolve(host, port, tcp::resolver::passive, problem);
        if (problem) throw cannot_listen(address + ": cannot be resolved: " + problem.message());
        for (const auto& entry : found) bind(entry.endpoint(), address, how == listen_address::kind::tls, offers);
    }
}

void listening_sockets::bind(const tcp::endpoint& endpoint, const std::string& address, bool is_tls, surface offers) {
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
    sockets_.push_back({std::move(socket), is_tls, offers});
}

listening_sockets listening_sockets::inherit(const std::vector<inherited_socket>& sockets) {
    listening_sockets inherited;
    for (const auto& [descriptor, is_tls, offers] : sockets) {
        if (const std::string why = check_inherited_socket(descriptor); !why.empty())
            throw cannot_listen("inherited descriptor " + std::to_string(descriptor) + " " + why);
        inherited.inherited_.push_back({.socket = connection_socket(descriptor), .is_tls = is_tls, .offers = offers});
    }
    return inherited;
}

void listening_sockets::join(listening_sockets more) {
    std::move(more.sockets_.begin(), more.sockets_.end(), std::back_inserter(sockets_));
    std::move(more.unix_sockets_.begin(), more.unix_sockets_.end(), std::back_inserter(unix_sockets_));
    std::move(more.inherited_.begin(), more.inherited_.end(), std::back_inserter(inherited_));
    contexts_of_others_.push_back(std::move(more.context_));
}

std::vector<std::string> listening_sockets::addresses(surface which) const {
    std::vector<std::string> out;
    for (const auto& [socket, is_tls, offers] : sockets_)
        if (offers == which) out.push_back(to_string(socket.local_endpoint()) + (is_tls ? " (TLS)" : ""));
    for (const auto& [socket, offers] : unix_sockets_)
        if (offers == which) out.push_back("unix:" + socket.path());
    for (const listening_socket& each : inherited_)
        if (each.offers == which)
            out.push_back(address_of_inherited(each.socket.descriptor()) + (each.is_tls ? " (TLS)" : "") +
                          " (inherited)");
    return out;
}

bool listening_sockets::offer(surface which) const noexcept {
    const auto is_so = [which](const auto& each) { return each.offers == which; };
    return std::any_of(sockets_.begin(), sockets_.end(), is_so) ||
           std::any_of(unix_sockets_.begin(), unix_sockets_.end(), is_so) ||
           std::any_of(inherited_.begin(), inherited_.end(), is_so);
}

bool listening_sockets::need_credentials() const noexcept {
    const auto is_tls = [](const auto& each) { return each.is_tls; };
    return std::any_of(sockets_.begin(), sockets_.end(), is_tls) ||
           std::any_of(inherited_.begin(), inherited_.end(), is_tls);
}

std::vector<listening_socket> listening_sockets::open() {
    std::vector<listening_socket> opened;
    for (auto& [socket, is_tls, offers] : sockets_) {
        boost::system::error_code problem = bound_connections_of(socket.native_handle());
        if (!problem) socket.listen(tcp_acceptor::max_listen_connections, problem);
        if (problem) throw cannot_listen(to_string(socket.local_endpoint()) + ": cannot listen: " + problem.message());
        opened.push_back({.socket = connection_socket(socket.release()), .is_tls = is_tls, .offers = offers});
    }
    for (const auto& [socket, offers] : unix_sockets_) {
        auto [listening, file] = socket.open();
        opened.push_back({.socket = std::move(listening), .offers = offers, .file = std::move(file)});
    }
    for (listening_socket& each : inherited_) {
        const int descriptor = each.socket.descriptor();
        if (const auto problem = bound_connections_of(descriptor))
            throw cannot_listen(address_of_inherited(descriptor) + ": cannot listen: " + problem.message());
        opened.push_back(std::move(each));
    }
    sockets_.clear();
    unix_sockets_.clear();
    inherited_.clear();
    return opened;
}

}  // namespace pusherd::net
