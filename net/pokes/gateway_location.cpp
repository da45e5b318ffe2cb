#include "net/pokes/gateway_location.hpp"

#include "domain/gateway_url.hpp"
#include "domain/host_pattern.hpp"
#include "domain/ip_address.hpp"
#include "domain/text.hpp"

#include <stdexcept>
#include <utility>

namespace pusherd::net {
namespace {

// An empty port is none (RFC 3986, 6.2.3), where upstream_url has it for a mistake.
std::string without_empty_port(std::string_view url) {
    std::string text(url);
    const std::size_t authority = text.find("://");
    const std::size_t path = authority == std::string::npos ? authority : text.find('/', authority + 3);
    if (path != std::string::npos && text[path - 1] == ':') text.erase(path - 1, 1);
    return text;
}

// Between brackets there is an address, and else what may be a name.
bool is_usable_host(const std::string& host, bool is_in_brackets) {
    if (domain::address_of_host(host)) return true;
    return !is_in_brackets && !host.empty() && domain::is_host_name(host);
}

}  // namespace

std::string gateway_location::name() const {
    const std::string shown = server.host.find(':') == std::string::npos ? server.host : '[' + server.host + ']';
    return (server.is_secure ? "https://" : "http://") + shown + ':' + server.port;
}

// The query is the gateway's business, and need not be one by RFC 3986: it is passed on as it is.
std::optional<gateway_location> gateway_location::parse(std::string_view url) {
    // What was imported, or is of an email pusher, has never been looked at.
    if (!domain::check_gateway_url(url, true)) return std::nullopt;
    try {
        const std::size_t query = url.find('?');
        gateway_location found{upstream_url::parse(without_empty_port(url.substr(0, query))), {}};
        upstream_url& server = found.server;
        server.host = domain::in_lower_case(std::string(domain::without_last_dots(server.host)));
        if (!is_usable_host(server.host, url.find("://[") < query)) return std::nullopt;
        // In Boost.URL 1.81, the host of `//1.2.3.4%00.example.org/` ends before the escape.
        if (!server.path.starts_with('/')) return std::nullopt;
        found.target = server.path;
        if (query != std::string_view::npos) found.target += url.substr(query);
        server.path.clear();
        return found;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

const gateway_directory::entry& gateway_directory::find(const std::string& url) {
    constexpr std::size_t most = 64;
    if (const auto known = known_.find(url); known != known_.end()) return known->second;
    if (known_.size() == most) known_.clear();
    auto where = gateway_location::parse(url);
    std::string name = where ? where->name() : "none";
    return known_.emplace(url, entry{std::move(where), std::move(name)}).first->second;
}

}  // namespace pusherd::net
