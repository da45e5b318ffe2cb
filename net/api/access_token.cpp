#include "net/api/access_token.hpp"

#include "domain/wipe.hpp"
#include "net/api/percent_encoding.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace pusherd::net {
namespace {

bool is_access_token(const query_parameter& parameter) { return is_named(parameter, "access_token"); }

/// @param first the first of them, decoded
/// @return how many there are
unsigned find_in_query(std::string_view query, std::string& first) {
    unsigned found = 0;
    while (!query.empty()) {
        const query_parameter next = take_parameter(query);
        if (is_access_token(next) && found++ == 0) percent_decode(next.value, first);
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

std::string without_access_token(std::string_view query) {
    std::string rest;
    while (!query.empty()) {
        const query_parameter next = take_parameter(query);
        if (is_access_token(next)) continue;
        if (!rest.empty()) rest += '&';
        rest += next.whole;
    }
    return rest;
}

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
