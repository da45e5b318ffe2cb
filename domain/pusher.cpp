#include "domain/pusher.hpp"

#include "domain/eight_bytes.hpp"

#include <boost/json/serialize.hpp>

#include <cstddef>

namespace pusherd::domain {
namespace {

constexpr std::size_t names_and_quotes = 160;  // room for them in what a list shows of a pusher

// Whether there is anything that JSON must escape (RFC 8259, 7).
bool needs_escape(std::string_view text) noexcept {
    const auto any_special = [](eight_bytes::word eight) {
        return eight_bytes::any_below(eight, 0x20) || eight_bytes::any_is(eight, '"') ||
               eight_bytes::any_is(eight, '\\');
    };
    const auto is_special = [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; };
    return eight_bytes::find_special(text, any_special, is_special) != text.size();
}

// Nearly no string has anything to escape, and a serializer costs more than all the rest of it.
void append_string(std::string& out, std::string_view value) {
    if (needs_escape(value)) {
        out += boost::json::serialize(boost::json::string_view{value});
        return;
    }
    out += '"';
    out += value;
    out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    append_string(out, value);
}

void append_key(std::string& out, const pusher_key& key) {
    out += "{\"app_id\":";
    append_string(out, key.app_id);
    append_member(out, "pushkey", key.pushkey);
}

}  // namespace

std::string_view to_string(pusher_kind kind) noexcept {
    switch (kind) {
        case pusher_kind::http: return "http";
        case pusher_kind::email: return "email";
    }
    return "";
}

std::string shown_key(const pusher_key& key) {
    std::string out;
    out.reserve(names_and_quotes + key.app_id.size() + key.pushkey.size());
    append_key(out, key);
    out += ',';
    return out;
}

std::string show(const pusher& what) {
    std::string out;
    out.reserve(names_and_quotes + what.key.app_id.size() + what.key.pushkey.size() + what.app_display_name.size() +
                what.device_display_name.size() + what.lang.size() + what.data.size());
    append_key(out, what.key);
    append_member(out, "kind", to_string(what.kind));
    append_member(out, "app_display_name", what.app_display_name);
    append_member(out, "device_display_name", what.device_display_name);
    append_member(out, "lang", what.lang);
    if (what.profile_tag) append_member(out, "profile_tag", *what.profile_tag);
    out += ",\"data\":";
    out += what.data;
    return out;
}

void show_state(const pusher_state& state, std::string& out) {
    const std::string_view enabled = state.enabled ? "true" : "false";
    out.append(R"(,"enabled":)").append(enabled);
    out.append(R"(,")").append(unstable_enabled).append(R"(":)").append(enabled);
    for (const std::string_view name : {R"(,"device_id":)", R"(,"org.matrix.msc3881.device_id":)"}) {
        out += name;
        if (state.kind == pusher_kind::http && !state.device_id.empty())
            append_string(out, state.device_id);
        else
            out += "null";
    }
    out += '}';
}

}  // namespace pusherd::domain
