// What is told of sessions that have ended: a line with the call, then its body. Whatever comes, nobody ends who was
// not named, and nothing beyond what was told.

#include "domain/session_end.hpp"

#include "domain/json_body.hpp"
#include "domain/mas_call.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

namespace json = boost::json;

constexpr std::string_view server = "example.org";

domain::result<domain::session_end> parse(std::string_view call, std::string_view body) {
    if (call == "delete_device") return domain::parse_delete_device(body, server);
    if (call == "sync_devices") return domain::parse_sync_devices(body, server);
    if (call == "delete_user") return domain::parse_delete_user(body, server);
    return domain::parse_session_end(body);
}

/// What a member says; empty if it says nothing.
std::string text_of(const json::object& said, const char* name) {
    const json::value* value = said.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

void check_of_mas(std::string_view call, const domain::session_end& ended, const json::object& said) {
    require(ended.user_id == '@' + text_of(said, "localpart") + ':' + std::string(server), "a localpart is our user's");
    require(domain::server_of(ended.user_id) == server, "a user is of our server");
    require(ended.access_token.empty(), "MAS names no token");
    require(ended.user_is_gone == (call == "delete_user"), "a user is gone who is deleted");
    require(ended.remaining_devices.has_value() == (call == "sync_devices"),
            "what remains is told by a synchronisation");
    require(ended.device_id == (call == "delete_device" ? text_of(said, "device_id") : ""),
            "that device, and no other");
    if (!ended.remaining_devices) return;
    const json::array& devices = said.at("devices").as_array();
    require(ended.remaining_devices->size() == devices.size(), "all devices that are named remain");
    for (std::size_t i = 0; i < devices.size(); ++i)
        require(json::string_view(ended.remaining_devices->at(i)) == devices[i].as_string(), "a device keeps its name");
}

void check_of_homeserver(const domain::session_end& ended, const json::object& said) {
    require(ended.user_id == text_of(said, "user_id"), "that user, and no other");
    require(ended.device_id == text_of(said, "device_id"), "that device, and no other");
    require(ended.access_token == text_of(said, "access_token"), "that token, and no other");
    require(!ended.user_is_gone && !ended.remaining_devices, "it is not told what only MAS can tell");
    const json::value* device = said.if_contains("device_id");
    const bool is_null = device != nullptr && device->is_null();
    require(!is_null || !ended.access_token.empty(), "no device is not all devices");
}

}  // namespace

void check_session_end(std::string_view input) {
    const std::string_view call = take_line(input);
    const exact_copy body(input);
    const auto ended = parse(call, body.view());
    if (!ended) {
        require(!ended.error().message.empty() && domain::is_utf8(ended.error().message), "a refusal is text");
        return;
    }
    require(domain::is_user_id(ended->user_id), "a user has a user id");
    require(ended->device_id.empty() || domain::is_device_id(ended->device_id), "a device has a device id");
    const auto parsed = domain::parse_json_body(body.view(), {});
    require(parsed.has_value(), "what is taken is JSON");
    const json::object& said = parsed->value.get_object();
    if (call == "delete_device" || call == "sync_devices" || call == "delete_user")
        check_of_mas(call, *ended, said);
    else
        check_of_homeserver(*ended, said);
}

}  // namespace pusherd::fuzz
