#include "domain/json_source.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace pusherd::domain::json_source {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_delimiter(char c) noexcept { return is_space(c) || c == ',' || c == '}' || c == ']'; }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
    while (at < text.size() && is_space(text[at])) ++at;
    return at;
}

// From an opening quote to behind the closing one: the next that stands behind an even number of backslashes.
std::size_t skip_string(std::string_view text, std::size_t at) {
    for (std::size_t quote = text.find('"', at + 1); quote != std::string_view::npos;
         quote = text.find('"', quote + 1)) {
        const std::size_t before = text.find_last_not_of('\\', quote - 1);
        if ((quote - 1 - before) % 2 == 0) return quote + 1;
    }
    return text.size();
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
        } else if (depth == 0) {
            // A literal or a number.
            while (at < text.size() && !is_delimiter(text[at])) ++at;
        } else {
            ++at;
        }
        if (depth == 0) break;
    }
    return at;
}

bool has_escape(std::string_view written) noexcept { return written.find('\\') != std::string_view::npos; }

// Of a few keys, each is compared with those before it, which seldom takes more than a look at its size. Many are
// sorted: then each of two equal keys, or more, has an equal one next to it.
template <class Keys>
std::optional<std::string> find_repeated(Keys keys) {
    constexpr std::size_t few = 16;
    if (keys.size() <= few) {
        for (auto key = keys.begin(); key != keys.end(); ++key)
            if (std::find(keys.begin(), key, *key) != key) return std::string(*key);
        return std::nullopt;
    }
    std::sort(keys.begin(), keys.end());
    const auto found = std::adjacent_find(keys.begin(), keys.end());
    if (found == keys.end()) return std::nullopt;
    return std::string(*found);
}

}  // namespace

std::optional<std::string> text_of(std::string_view source) {
    if (!source.starts_with('"')) return std::nullopt;
    if (!has_escape(source)) return std::string(source.substr(1, source.size() - 2));
    const auto text = boost::json::parse(boost::json::string_view{source});
    return std::string(text.get_string().begin(), text.get_string().end());
}

std::string member::key() const {
    if (!has_escape(written_key)) return std::string(written_key);
    return *text_of('"' + std::string(written_key) + '"');
}

bool member::is(std::string_view key) const {
    return has_escape(written_key) ? this->key() == key : written_key == key;
}

std::vector<member> members_of(std::string_view object) {
    std::vector<member> members;
    members.reserve(16);  // more than most bodies have
    std::size_t at = skip_space(object, skip_space(object, 0) + 1);
    while (at < object.size() && object[at] == '"') {
        const std::size_t key_end = skip_string(object, at);
        const std::size_t value = skip_space(object, skip_space(object, key_end) + 1);
        const std::size_t value_end = skip_value(object, value);
        members.push_back({object.substr(at + 1, key_end - at - 2), object.substr(value, value_end - value)});
        at = skip_space(object, value_end);
        if (at < object.size() && object[at] == ',') at = skip_space(object, at + 1);
    }
    return members;
}

std::vector<std::string_view> items_of(std::string_view array) {
    std::vector<std::string_view> items;
    std::size_t at = skip_space(array, skip_space(array, 0) + 1);
    while (at < array.size() && array[at] != ']') {
        const std::size_t end = skip_value(array, at);
        items.push_back(array.substr(at, end - at));
        at = skip_space(array, end);
        if (at < array.size() && array[at] == ',') at = skip_space(array, at + 1);
    }
    return items;
}

std::optional<std::string> repeated_key(const std::vector<member>& members) {
    const bool escaped =
        std::any_of(members.begin(), members.end(), [](const member& each) { return has_escape(each.written_key); });
    if (escaped) {
        std::vector<std::string> keys;
        for (const member& each : members) keys.push_back(each.key());
        return find_repeated(std::move(keys));
    }
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const member& each : members) keys.push_back(each.written_key);
    return find_repeated(std::move(keys));
}

std::string compact(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            at = skip_string(text, at);
        } else if (is_space(text[at])) {
            out += text.substr(copied, at - copied);
            at = copied = skip_space(text, at);
        } else {
            ++at;
        }
    }
    return out += text.substr(copied);
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
