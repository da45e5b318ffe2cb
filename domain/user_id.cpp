#include "domain/user_id.hpp"

#include "domain/limits.hpp"
#include "domain/text.hpp"

#include <algorithm>

namespace pusherd::domain {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_host_character(char c) noexcept {
    // The underscore is no DNS host name's, but names of test servers and containers have it.
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

bool is_port(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

bool is_server_name(std::string_view text) noexcept {
    std::size_t host_end = 0;
    if (text.starts_with('[')) {
        const auto is_address_character = [](char c) {
            return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
        };
        const std::size_t closing = text.find(']');
        if (closing == std::string_view::npos || closing < 3) return false;
        if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(closing), is_address_character))
            return false;
        host_end = closing + 1;
    } else {
        host_end = std::min(text.find(':'), text.size());
        if (host_end == 0) return false;
        if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(host_end), is_host_character))
            return false;
    }
    const std::string_view rest = text.substr(host_end);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

bool is_user_id(std::string_view text) noexcept {
    if (!text.starts_with('@') || text.size() > limits::user_id_bytes) return false;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !is_server_name(text.substr(colon + 1))) return false;
    const std::string_view localpart = text.substr(1, colon - 1);
    return localpart.find('\0') == std::string_view::npos && is_utf8(localpart);
}

std::string_view server_of(std::string_view user_id) noexcept {
    return user_id.substr(std::min(user_id.find(':'), user_id.size() - 1) + 1);
}

bool is_device_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= limits::device_id_bytes && text.find('\0') == std::string_view::npos &&
           is_utf8(text);
}

}  // namespace pusherd::domain
