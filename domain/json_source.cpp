#include "domain/json_source.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace pusherd::domain::json_source {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
    while (at < text.size() && is_space(text[at])) ++at;
    return at;
}

// From an opening quote to behind the closing one.
std::size_t skip_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

// From the first byte of a value to behind its last.
std::size_t skip_value(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = skip_string(text, at);
        } else if (c == '{' || c == '[') {
            ++depth, ++at;
        } else if (c == '}' || c == ']') {
            --depth, ++at;
        } else {
            // A literal or a number, or what stands between two values of a container.
            at = std::min(text.find_first_of("{}[]\",: \t\r\n", at + 1), text.size());
        }
        if (depth == 0) break;
    }
    return at;
}

std::string unescape(std::string_view quoted) {
    if (quoted.find('\\') == std::string_view::npos) return std::string(quoted.substr(1, quoted.size() - 2));
    const auto text = boost::json::parse(boost::json::string_view{quoted});
    return {text.get_string().begin(), text.get_string().end()};
}

}  // namespace

std::vector<member> members_of(std::string_view object) {
    std::vector<member> members;
    std::size_t at = skip_space(object, skip_space(object, 0) + 1);
    while (at < object.size() && object[at] == '"') {
        const std::size_t key_end = skip_string(object, at);
        const std::size_t value = skip_space(object, skip_space(object, key_end) + 1);
        const std::size_t value_end = skip_value(object, value);
        members.push_back({unescape(object.substr(at, key_end - at)), object.substr(value, value_end - value)});
        at = skip_space(object, value_end);
        if (at < object.size() && object[at] == ',') at = skip_space(object, at + 1);
    }
    return members;
}

const std::string* repeated_key(const std::vector<member>& members) {
    std::vector<const std::string*> keys;
    keys.reserve(members.size());
    for (const member& each : members) keys.push_back(&each.key);
    std::sort(keys.begin(), keys.end(), [](auto a, auto b) { return *a < *b; });
    const auto found = std::adjacent_find(keys.begin(), keys.end(), [](auto a, auto b) { return *a == *b; });
    return found == keys.end() ? nullptr : *found;
}

std::string compact(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text[at] == '"' ? skip_string(text, at) : at + 1;
        if (!is_space(text[at])) out += text.substr(at, end - at);
        at = end;
    }
    return out;
}

std::string with_short_exponents(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = text[at] == '"' ? skip_string(text, at) : at + 1;
        out += text.substr(at, end - at);
        // Outside a string, an `e` before a sign or a digit is an exponent's.
        if (text[at] == 'e' || text[at] == 'E') {
            if (end < text.size() && (text[end] == '+' || text[end] == '-')) out += text[end++];
            for (std::size_t digits = 0; end < text.size() && is_digit(text[end]); ++end)
                if (++digits <= 3) out += text[end];
        }
        at = end;
    }
    return out;
}

}  // namespace pusherd::domain::json_source
