#include "domain/mas_call.hpp"

#include "domain/json_body.hpp"
#include "domain/user_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

std::string to_string(const json::string& text) { return {text.data(), text.size()}; }

result<json::value> parse_members(std::string_view body, std::initializer_list<std::string_view> required) {
    auto parsed = parse_json_body(body, {});
    if (!parsed) return parsed.error();
    std::string absent;
    for (const std::string_view name : required)
        if (!parsed->value.get_object().contains(json::string_view(name.data(), name.size())))
            absent.append(absent.empty() ? "" : ", ").append(name);
    if (!absent.empty()) return error{errc::missing_param, "Missing parameters: " + absent};
    return std::move(parsed->value);
}

// A localpart with a colon in it would name a user of another server.
result<std::string> read_user(const json::object& members, std::string_view server_name) {
    const json::value& localpart = members.at("localpart");
    if (!localpart.is_string()) return error{errc::invalid_param, "'localpart' must be a string"};
    std::string user_id = '@' + to_string(localpart.get_string()) + ':' + std::string(server_name);
    if (!is_user_id(user_id) || server_of(user_id) != server_name)
        return error{errc::invalid_param, "'localpart' must be what stands between @ and : of a user id"};
    return user_id;
}

// The user, of whom it is not known yet what has ended.
result<session_end> read_end(const json::value& members, std::string_view server_name) {
    auto user_id = read_user(members.get_object(), server_name);
    if (!user_id) return user_id.error();
    return session_end{.user_id = std::move(*user_id), .device_id = {}, .access_token = {}};
}

result<std::string> read_device(const json::value& device, const char* where) {
    const std::string name = '\'' + std::string(where) + '\'';
    if (!device.is_string()) return error{errc::invalid_param, name + " must be a string"};
    std::string device_id = to_string(device.get_string());
    if (!is_device_id(device_id)) return error{errc::invalid_param, name + " must have 1 to 255 bytes"};
    return device_id;
}

}  // namespace

result<session_end> parse_delete_device(std::string_view body, std::string_view server_name) {
    const auto members = parse_members(body, {"localpart", "device_id"});
    if (!members) return members.error();
    auto ended = read_end(*members, server_name);
    if (!ended) return ended;
    auto device_id = read_device(members->get_object().at("device_id"), "device_id");
    if (!device_id) return device_id.error();
    ended->device_id = std::move(*device_id);
    return ended;
}

result<session_end> parse_sync_devices(std::string_view body, std::string_view server_name) {
    const auto members = parse_members(body, {"localpart", "devices"});
    if (!members) return members.error();
    auto ended = read_end(*members, server_name);
    if (!ended) return ended;
    const json::value& devices = members->get_object().at("devices");
    if (!devices.is_array()) return error{errc::invalid_param, "'devices' must be an array"};
    std::vector<std::string>& remaining = ended->remaining_devices.emplace();
    for (const json::value& each : devices.get_array()) {
        auto device_id = read_device(each, "devices[]");
        if (!device_id) return device_id.error();
        remaining.push_back(std::move(*device_id));
    }
    return ended;
}

result<session_end> parse_delete_user(std::string_view body, std::string_view server_name) {
    const auto members = parse_members(body, {"localpart"});
    if (!members) return members.error();
    auto ended = read_end(*members, server_name);
    if (!ended) return ended;
    // What is to become of messages is the homeserver's affair.
    const json::value* const erase = members->get_object().if_contains("erase");
    if (erase != nullptr && !erase->is_bool()) return error{errc::invalid_param, "'erase' must be a boolean"};
    ended->user_is_gone = true;
    return ended;
}

}  // namespace pusherd::domain
