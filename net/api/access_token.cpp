#include "net/api/access_token.hpp"

#include "domain/wipe.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace pusherd::net {
namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// By hand: Boost.URL refuses a whole query for one character that some client did not encode. What is no valid
// escape stays as it is, and so does a plus: no token has a space that it could stand for.
void percent_decode(std::string_view text, std::string& out) {
    out.reserve(text.size());  // at once: growing, it would leave parts of a token behind
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        out += is_escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        if (is_escape) i += 2;
    }
}

bool is_access_token(std::string_view encoded_name) {
    constexpr std::string_view name = "access_token";
    if (encoded_name.size() > 3 * name.size()) return false;  // which may be a token that has lost its name
    std::string decoded;
    percent_decode(encoded_name, decoded);
    return decoded == name;
}

/// @param first the first of them, decoded
/// @return how many there are
unsigned find_in_query(std::string_view query, std::string& first) {
    unsigned found = 0;
    for (std::size_t begin = 0; begin < query.size();) {
        const std::size_t end = std::min(query.find('&', begin), query.size());
        const std::string_view parameter = query.substr(begin, end - begin);
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        if (is_access_token(parameter.substr(0, equals)) && found++ == 0)
            percent_decode(parameter.substr(std::min(equals + 1, parameter.size())), first);
        begin = end + 1;
    }
    return found;
}

std::string_view bearer_token(std::string_view authorization) noexcept {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size()) return {};
    if (!boost::beast::iequals(boost::beast::string_view(authorization.data(), scheme.size()),
                               boost::beast::string_view(scheme.data(), scheme.size())))
        return {};
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', scheme.size()), authorization.size()));
    const bool is_one_word =
        std::none_of(authorization.begin(), authorization.end(), [](char c) { return c == ' ' || c == '\t'; });
    return is_one_word ? authorization : std::string_view{};
}

}  // namespace

std::optional<refusal> find_access_token(const request_head& head, bool query_token, std::string& token) {
    domain::wipe(token);
    const unsigned in_query = query_token ? find_in_query(head.query, token) : 0;
    if (head.authorizations != 0 && in_query != 0)
        return refusals::missing_token("Mixing Authorization headers and access_token query parameters.");
    if (head.authorizations > 1) return refusals::missing_token("Too many Authorization headers.");
    if (in_query > 1) return refusals::missing_token("Too many access_token query parameters.");
    if (head.authorizations == 1) {
        token = bearer_token(head.authorization);
        if (token.empty()) return refusals::missing_token("Invalid Authorization header.");
        return std::nullopt;
    }
    if (token.empty()) return refusals::missing_token("Missing access token.");
    return std::nullopt;
}

}  // namespace pusherd::net
