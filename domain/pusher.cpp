#include "domain/pusher.hpp"

#include "domain/json_text.hpp"

#include <cstddef>

namespace pusherd::domain {
namespace {

constexpr std::size_t names_and_quotes = 160;  // room for them in what a list shows of a pusher

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    append_json(out, value);
}

void append_key(std::string& out, const pusher_key& key) {
    out += "{\"app_id\":";
    append_json(out, key.app_id);
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
            append_json(out, state.device_id);
        else
            out += "null";
    }
    out += '}';
}

}  // namespace pusherd::domain
