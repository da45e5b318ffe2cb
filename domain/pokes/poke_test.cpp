#include "domain/pokes/poke_test.hpp"

#include "domain/json_body.hpp"
#include "domain/set_command.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <utility>

namespace pusherd::domain {
namespace {

std::optional<std::string> text_of(const boost::json::object& body, const char* name) {
    const auto* value = body.if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string(value->get_string().data(), value->get_string().size());
}

}  // namespace

result<pusher_key> parse_poke_test(std::string_view body) {
    const auto parsed = parse_json_body(body, {});
    if (!parsed) return parsed.error();
    const auto& members = parsed->value.get_object();
    std::string missing;
    for (const char* name : {"app_id", "pushkey"})
        if (!members.contains(name)) missing.append(missing.empty() ? "" : ", ").append(name);
    if (!missing.empty()) return error{errc::missing_param, "Missing parameters: " + missing};
    pusher_key key;
    for (const auto& [name, into] : {std::pair("app_id", &key.app_id), std::pair("pushkey", &key.pushkey)}) {
        auto text = text_of(members, name);
        if (!text) return error{errc::invalid_param, "'" + std::string(name) + "' must be a string"};
        *into = std::move(*text);
    }
    if (auto bad = check_pusher_key(key); !bad) return bad.error();
    return key;
}

}  // namespace pusherd::domain
