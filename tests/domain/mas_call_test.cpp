// The bodies of MAS's calls.

#include "domain/mas_call.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pusherd::domain {
namespace {

using parser = result<session_end> (*)(std::string_view body, std::string_view server_name);

std::string problem_with(parser parse, std::string_view body, std::string_view server_name = "h") {
    const auto ended = parse(body, server_name);
    return ended ? "none" : ended.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mas_call_bodies)

BOOST_AUTO_TEST_CASE(each_names_a_user_of_this_server) {
    const auto device = parse_delete_device(R"({"localpart":"a","device_id":"D","more":{}})", "h:8448");
    BOOST_TEST_REQUIRE(device.has_value());
    BOOST_TEST(device->user_id == "@a:h:8448");
    BOOST_TEST(device->device_id == "D");
    BOOST_TEST((!device->remaining_devices && !device->user_is_gone));

    const auto devices = parse_sync_devices(R"({"localpart":"","devices":["D","E","D"]})", "h");
    BOOST_TEST_REQUIRE(devices.has_value());
    BOOST_TEST(devices->user_id == "@:h");
    BOOST_TEST((devices->remaining_devices == std::vector<std::string>{"D", "E", "D"}));
    BOOST_TEST((devices->device_id.empty() && !devices->user_is_gone));
    BOOST_TEST(parse_sync_devices(R"({"localpart":"a","devices":[]})", "h")->remaining_devices->empty());

    for (const char* body : {R"({"localpart":"a"})", R"({"localpart":"a","erase":false})"}) {
        const auto user = parse_delete_user(body, "h");
        BOOST_TEST_REQUIRE(user.has_value());
        BOOST_TEST((user->user_is_gone && !user->remaining_devices && user->device_id.empty()));
    }
}

BOOST_AUTO_TEST_CASE(all_that_is_absent_is_named) {
    BOOST_TEST(problem_with(parse_delete_device, "{}") == "Missing parameters: localpart, device_id");
    BOOST_TEST(problem_with(parse_sync_devices, R"({"devices":[]})") == "Missing parameters: localpart");
    BOOST_TEST(problem_with(parse_delete_user, "{}") == "Missing parameters: localpart");
}

// "b:8448" is a server name, too.
BOOST_AUTO_TEST_CASE(a_localpart_cannot_reach_another_server) {
    const std::string text = "'localpart' must be what stands between @ and : of a user id";
    BOOST_TEST(problem_with(parse_delete_user, R"({"localpart":"a:b"})", "8448") == text);
    BOOST_TEST(problem_with(parse_delete_user, R"({"localpart":"a:"})", "h") == text);
    BOOST_TEST(problem_with(parse_delete_user, R"({"localpart":")" + std::string(253, 'a') + "\"}", "h") == text);
    BOOST_TEST(problem_with(parse_delete_user, R"({"localpart":")" + std::string(252, 'a') + "\"}", "h") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
