#include "domain/gateway_url.hpp"

#include "domain/authority.hpp"

#include <boost/url/authority_view.hpp>
#include <boost/url/grammar/ci_string.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace pusherd::domain {
namespace {

error invalid(std::string what) { return {errc::invalid_param, "'data.url' " + std::move(what)}; }

bool is_printable_ascii(char c) noexcept { return c > ' ' && c < '\x7f'; }

// An empty port is none (RFC 3986, 6.2.3).
bool is_usable_port(std::string_view digits) noexcept {
    if (digits.empty()) return true;
    std::uint32_t port = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return read.ec == std::errc{} && port >= 1 && port <= 65535;
}

// Any name; of an address in brackets, Boost.URL knows whether it is one.
bool is_usable_host(std::string_view host) { return !host.starts_with('[') || boost::urls::parse_authority(host); }

constexpr std::string_view gateway_path = "/_matrix/push/v1/notify";

// The host of what nearly every app sends, and needs no parser: `https://`, a host of plain characters, the path and no
// more. Nothing for any other URL.
std::string_view host_of_plain_url(std::string_view text) noexcept {
    constexpr std::string_view begin = "https://";
    if (!text.starts_with(begin) || !text.ends_with(gateway_path)) return {};
    if (text.size() <= begin.size() + gateway_path.size()) return {};
    const std::string_view host = text.substr(begin.size(), text.size() - begin.size() - gateway_path.size());
    const bool is_plain = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
    return is_plain ? host : std::string_view{};
}

/// `https://host:8448/path`, cut into its three parts.
struct url_parts {
    std::string_view scheme;
    std::string_view authority;
    std::string_view path;
};

std::optional<url_parts> split(std::string_view url) noexcept {
    constexpr std::string_view before_authority = "://";
    const std::size_t colon = url.find(':');
    if (colon == std::string_view::npos || !url.substr(colon).starts_with(before_authority)) return std::nullopt;
    const std::size_t authority = colon + before_authority.size();
    const std::size_t path = std::min(url.find('/', authority), url.size());
    return url_parts{url.substr(0, colon), url.substr(authority, path - authority), url.substr(path)};
}

}  // namespace

// By its parts: in the paths of Boost.URL 1.81, an assertion fails at `https:|`.
result<std::string_view> check_gateway_url(std::string_view text, bool allow_insecure) {
    using boost::urls::grammar::ci_is_equal;

    if (const std::string_view host = host_of_plain_url(text); !host.empty()) return host;
    if (!std::all_of(text.begin(), text.end(), is_printable_ascii))
        return invalid("must be ASCII without spaces and control characters");
    if (text.find('#') != std::string_view::npos) return invalid("must not have a fragment");

    // Clients put into the query what RFC 3986 would have them encode. It is the gateway's business: cut it off.
    const auto parts = split(text.substr(0, text.find('?')));
    if (!parts) return invalid("must be an absolute URL");
    const bool is_http = ci_is_equal(parts->scheme, "http");
    if (is_http && !allow_insecure)
        return invalid("must be an https URL (the server's option --allow-insecure-gateways accepts http)");
    if (!is_http && !ci_is_equal(parts->scheme, "https")) return invalid("must be an https URL");

    if (parts->authority.find('@') != std::string_view::npos) return invalid("must not have user info");
    const auto authority = read_authority(parts->authority);
    if (!authority || !is_usable_host(authority->host)) return invalid("must be an absolute URL");
    if (authority->host.empty()) return invalid("must have a host");
    if (!is_usable_port(authority->port)) return invalid("must have a port of 1 to 65535, or none");
    if (parts->path != gateway_path) return invalid("must have the path /_matrix/push/v1/notify");
    return authority->host;
}

}  // namespace pusherd::domain
