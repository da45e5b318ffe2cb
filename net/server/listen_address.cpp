#include "net/server/listen_address.hpp"

#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <string_view>

namespace pusherd::net {
namespace {

constexpr std::string_view tls_prefix = "tls:";
constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

bool is_port(std::string_view text) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && number <= 65535;
}

std::string fault_of_host_and_port(std::string_view address) {
    const std::size_t colon = address.rfind(':');
    const bool is_bracketed = address.starts_with('[');
    const bool has_host = colon != std::string::npos && colon != 0 &&
                          (is_bracketed ? colon > 2 && address[colon - 1] == ']' : address.find(':') == colon);
    if (!has_host) return "expected HOST:PORT, such as 127.0.0.1:8008 or [::1]:8008";
    if (!is_port(address.substr(colon + 1))) return "the port must be a number up to 65535";
    return {};
}

std::string fault_of_path(std::string_view path) {
    if (!path.starts_with('/') || path.ends_with('/'))
        return "expected the path of a socket, such as unix:/run/pusherd/http";
    if (path.size() > longest_path) return "a socket's path has at most " + std::to_string(longest_path) + " bytes";
    return {};
}

}  // namespace

listen_address parse_listen_address(const std::string& text) {
    if (text.starts_with(unix_prefix)) return {listen_address::kind::unix_domain, text.substr(unix_prefix.size())};
    if (text.starts_with(tls_prefix)) return {listen_address::kind::tls, text.substr(tls_prefix.size())};
    return {listen_address::kind::plain, text};
}

std::string check_listen_address(const std::string& text) {
    const auto [how, where] = parse_listen_address(text);
    const std::string fault =
        how == listen_address::kind::unix_domain ? fault_of_path(where) : fault_of_host_and_port(where);
    return fault.empty() ? fault : text + ": " + fault;
}

}  // namespace pusherd::net
