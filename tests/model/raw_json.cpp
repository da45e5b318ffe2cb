#include "tests/model/raw_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <stdexcept>

namespace pusherd::testing {
namespace {

/// Follows a text byte by byte: whether a byte stands in a string, and how deep.
class position {
public:
    void pass(char c) {
        if (in_string_) {
            in_string_ = c != '"' || is_escaped_;
            is_escaped_ = c == '\\' && !is_escaped_;
            return;
        }
        if (c == '"') in_string_ = true;
        if (c == '{' || c == '[') ++depth_;
        if (c == '}' || c == ']') --depth_;
    }
    [[nodiscard]] bool in_string() const { return in_string_; }
    [[nodiscard]] int depth() const { return depth_; }

private:
    bool in_string_ = false;
    bool is_escaped_ = false;
    int depth_ = 0;
};

bool is_whitespace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What a string says; whatever else it is, as it stands.
std::string text_of(const std::string& raw) {
    if (!raw.starts_with('"')) return raw;
    return boost::json::value_to<std::string>(boost::json::parse(raw));
}

}  // namespace

std::string compact(std::string_view json) {
    std::string out;
    position at;
    for (const char c : json) {
        if (at.in_string() || !is_whitespace(c)) out += c;
        at.pass(c);
    }
    return out;
}

std::vector<std::string> elements_of(std::string_view compact_array) {
    std::vector<std::string> elements;
    position at;
    for (const char c : compact_array) {
        const bool inside = at.depth() > 0;
        at.pass(c);
        if (!inside || at.depth() == 0) continue;
        if (elements.empty()) elements.emplace_back();
        if (c == ',' && at.depth() == 1 && !at.in_string())
            elements.emplace_back();
        else
            elements.back() += c;
    }
    return elements;
}

raw_members members_of(std::string_view compact_object) {
    raw_members members;
    for (const std::string& each : elements_of(compact_object)) {
        position at;
        std::size_t colon = 0;
        for (; each.at(colon) != ':' || at.in_string(); ++colon) at.pass(each[colon]);
        members.emplace_back(each.substr(1, colon - 2), each.substr(colon + 1));
    }
    return members;
}

std::string to_object(const raw_members& members) {
    std::string out = "{";
    for (const auto& [key, value] : members) {
        if (out.size() > 1) out += ',';
        out += quoted(key) + ':' + value;
    }
    return out + '}';
}

std::string quoted(std::string_view text) { return boost::json::serialize(boost::json::string_view(text)); }

std::vector<shown_pusher> pushers_in(std::string_view body) {
    const raw_members top = members_of(compact(body));
    if (top.size() != 1 || top[0].first != "pushers") throw std::runtime_error("no list: " + std::string(body));
    std::vector<shown_pusher> pushers;
    for (const std::string& item : elements_of(top[0].second)) {
        shown_pusher& pusher = pushers.emplace_back();
        for (const auto& [key, value] : members_of(item)) {
            const bool is_new = pusher.emplace(key, key == "data" ? value : text_of(value)).second;
            if (!is_new) throw std::runtime_error("a key twice: " + item);
        }
    }
    return pushers;
}

}  // namespace pusherd::testing
