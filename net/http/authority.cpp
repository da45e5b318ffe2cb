#include "net/http/authority.hpp"

#include <algorithm>
#include <array>

namespace pusherd::net {
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

bool is_port_of_its_own(std::string_view text) noexcept {
    return text.empty() || (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit));
}

}  // namespace

bool is_authority(std::string_view text) noexcept {
    const std::string_view host = host_of(text);
    if (!is_port_of_its_own(text.substr(host.size()))) return false;
    if (!host.starts_with('[')) return is_name(host);
    return host.ends_with(']') && is_address_literal(host.substr(1, host.size() - 2));
}

bool is_authority_with_host(std::string_view text) noexcept { return is_authority(text) && !host_of(text).empty(); }

}  // namespace pusherd::net
