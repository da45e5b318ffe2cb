#include "domain/authority.hpp"

#include <algorithm>
#include <array>

namespace pusherd::domain {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_hex_digit(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// reg-name, but for escapes: unreserved and sub-delims (RFC 3986, 2.2, 2.3 and 3.2.2).
constexpr std::array<bool, 256> name_characters = [] {
    std::array<bool, 256> table{};
    for (const char c :
         std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;="))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_name(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (name_characters[static_cast<unsigned char>(text[i])]) continue;
        if (text[i] != '%' || i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2]))
            return false;
        i += 2;
    }
    return true;
}

// IP-literal, without its brackets. Which address it is, nobody here asks.
bool is_address_literal(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c == ':' || name_characters[static_cast<unsigned char>(c)];
    });
}

std::string_view host_of(std::string_view text) noexcept {
    const std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
    return text.substr(0, text.starts_with('[') && end != std::string_view::npos ? end + 1 : end);
}

bool is_host(std::string_view host) noexcept {
    if (!host.starts_with('[')) return is_name(host);
    return host.ends_with(']') && is_address_literal(host.substr(1, host.size() - 2));
}

}  // namespace

std::optional<authority> read_authority(std::string_view text) noexcept {
    const std::string_view host = host_of(text);
    std::string_view port = text.substr(host.size());
    if (!port.empty()) {
        if (port.front() != ':' || !std::all_of(port.begin() + 1, port.end(), is_digit)) return std::nullopt;
        port.remove_prefix(1);
    }
    if (!is_host(host)) return std::nullopt;
    return authority{host, port};
}

}  // namespace pusherd::domain
