#include "domain/pusher.hpp"

#include <boost/json/serialize.hpp>

namespace pusherd::domain {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    out += boost::json::serialize(boost::json::string_view{value});
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
    std::string out = "{\"app_id\":";
    out += boost::json::serialize(boost::json::string_view{key.app_id});
    append_member(out, "pushkey", key.pushkey);
    out += ',';
    return out;
}

std::string show(const pusher& what) {
    std::string out = shown_key(what.key);
    out.pop_back();
    append_member(out, "kind", to_string(what.kind));
    append_member(out, "app_display_name", what.app_display_name);
    append_member(out, "device_display_name", what.device_display_name);
    append_member(out, "lang", what.lang);
    if (what.profile_tag) append_member(out, "profile_tag", *what.profile_tag);
    out += ",\"data\":";
    out += what.data;
    out += '}';
    return out;
}

}  // namespace pusherd::domain
