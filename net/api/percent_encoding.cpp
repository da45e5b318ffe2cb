#include "net/api/percent_encoding.hpp"

#include <algorithm>

namespace pusherd::net {
namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

void percent_decode(std::string_view text, std::string& out) {
    out.reserve(out.size() + text.size());  // at once: growing, it would leave parts of a token behind
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        out += is_escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        if (is_escape) i += 2;
    }
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    percent_decode(text, out);
    return out;
}

query_parameter take_parameter(std::string_view& query) noexcept {
    const std::string_view whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(whole.size() + 1, query.size()));
    const std::size_t equals = std::min(whole.find('='), whole.size());
    return {whole, whole.substr(0, equals), whole.substr(std::min(equals + 1, whole.size()))};
}

bool is_named(const query_parameter& parameter, std::string_view name) {
    if (parameter.name.size() > 3 * name.size()) return false;  // it may be an access token that has lost its name
    return percent_decoded(parameter.name) == name;
}

std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> found;
    while (!query.empty()) {
        const query_parameter next = take_parameter(query);
        if (!next.whole.empty()) found.emplace_back(percent_decoded(next.name), percent_decoded(next.value));
    }
    return found;
}

}  // namespace pusherd::net
