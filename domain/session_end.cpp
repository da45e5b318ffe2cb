#include "domain/session_end.hpp"

#include "domain/json_body.hpp"
#include "domain/user_id.hpp"

#include <boost/json/value.hpp>

#include <cstring>
#include <utility>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

// A string member; empty if it is absent or null.
result<std::string> read_text(const json::object& body, const char* name) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return std::string();
    if (!value->is_string()) return error{errc::invalid_param, "'" + std::string(name) + "' must be a string"};
    const json::string& text = value->get_string();
    if (text.empty()) return error{errc::invalid_param, "'" + std::string(name) + "' must not be empty"};
    return std::string(text.data(), text.size());
}

/// Overwrites a member's text at the end.
class secret_member {
public:
    secret_member(json::object& body, const char* name) : value_(body.if_contains(name)) {}
    ~secret_member() {
        if (value_ != nullptr && value_->is_string())
            ::explicit_bzero(value_->get_string().data(), value_->get_string().size());
    }
    secret_member(const secret_member&) = delete;
    secret_member& operator=(const secret_member&) = delete;

private:
    json::value* value_;
};

bool is_null(const json::object& body, const char* name) {
    const json::value* value = body.if_contains(name);
    return value != nullptr && value->is_null();
}

}  // namespace

result<session_end> parse_session_end(std::string_view body) {
    auto parsed = parse_json_body(body, {});
    if (!parsed) return parsed.error();
    const secret_member token(parsed->value.get_object(), "access_token");
    const json::object& members = parsed->value.get_object();
    if (!members.contains("user_id")) return error{errc::missing_param, "Missing parameters: user_id"};

    session_end ended;
    for (const auto& [name, into] : {std::pair("user_id", &ended.user_id), std::pair("device_id", &ended.device_id),
                                     std::pair("access_token", &ended.access_token)}) {
        auto text = read_text(members, name);
        if (!text) return text.error();
        *into = std::move(*text);
    }
    if (!is_user_id(ended.user_id)) return error{errc::invalid_param, "'user_id' must be @localpart:domain"};
    if (!ended.device_id.empty() && !is_device_id(ended.device_id))
        return error{errc::invalid_param, "'device_id' must have 1 to 255 bytes"};
    if (is_null(members, "device_id") && ended.access_token.empty())
        return error{errc::invalid_param,
                     "'device_id' must not be null without an 'access_token': leave it out to end all of the user's "
                     "sessions"};
    return ended;
}

}  // namespace pusherd::domain
