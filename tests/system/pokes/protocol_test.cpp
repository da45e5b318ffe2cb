// What a push gateway is sent: the Push Gateway API, to the letter.

#include "tests/system/pokes/poking_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

const json::object message = json::parse(R"({"event_id":"$1","room_id":"!r:example.org","type":"m.room.message",
    "sender":"@bob:example.org","sender_display_name":"Bob","room_name":"Tea","room_alias":"#tea:example.org",
    "user_is_target":false,"prio":"low","content":{"body":"hello","n":0.10},"membership":null,"org.example.more":[1],
    "counts":{"unread":0,"missed_calls":2}})")
                                 .as_object();

struct protocol : poking_server {
    upstream_request poke_of(const json::object& notification, const json::object& tweaks = {}) {
        stub().forget_requests();
        notify(notification, tweaks);
        return stub().wait_for_requests(1).front();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_protocol, protocol)

BOOST_AUTO_TEST_CASE(the_head_is_that_of_a_post_of_json) {
    set("key");
    const upstream_request poke = poke_of(message);
    BOOST_TEST(poke.method == "POST");
    BOOST_TEST(poke.target == "/_matrix/push/v1/notify");
    BOOST_TEST(poke.field("content-type") == "application/json");
    BOOST_TEST(poke.field("content-length") == std::to_string(poke.body.size()));
    BOOST_TEST(poke.field("host") == "localhost:" + std::to_string(stub().port()));
    BOOST_TEST(poke.field("transfer-encoding") == "");
}

BOOST_AUTO_TEST_CASE(what_was_handed_over_is_passed_on_to_the_letter_with_the_device) {
    set("key", {{"brand", "tea"}, {"default_payload", {{"aps", {{"mutable-content", 1}}}}}});
    const std::string body = poke_of(message, {{"sound", "bing"}, {"highlight", true}}).body;
    BOOST_TEST(body.find(R"("content":{"body":"hello","n":1E-1})") != std::string::npos, body);  // as it was posted
    BOOST_TEST(body.find(R"("counts":{"unread":0,"missed_calls":2})") != std::string::npos, body);
    BOOST_TEST(body.find("membership") == std::string::npos, body);
    const json::object told = json::parse(body).at("notification").as_object();
    for (const char* name : {"event_id", "room_id", "type", "sender", "sender_display_name", "room_name", "room_alias",
                             "user_is_target", "prio", "org.example.more"})
        BOOST_TEST(told.at(name) == message.at(name), name);
    const json::array& devices = told.at("devices").as_array();
    BOOST_TEST_REQUIRE(devices.size() == 1U);
    const json::object& device = devices[0].as_object();
    BOOST_TEST(device.at("app_id").as_string() == app.c_str());
    BOOST_TEST(device.at("pushkey").as_string() == "key");
    BOOST_TEST(json::serialize(device.at("data")) ==
               R"({"brand":"tea","default_payload":{"aps":{"mutable-content":1}}})");
    BOOST_TEST(json::serialize(device.at("tweaks")) == R"({"sound":"bing","highlight":true})");
}

BOOST_AUTO_TEST_CASE(a_pushkeys_time_is_that_of_the_last_set_that_changed_it_in_seconds) {
    set("key");
    const auto first = notification_in(poke_of({{"event_id", "$1"}})).at("devices").at(0).at("pushkey_ts");
    BOOST_TEST(first.is_int64());
    const std::int64_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    BOOST_TEST(first.as_int64() <= now);
    BOOST_TEST(first.as_int64() > now - 3600);
    set("key");  // changes nothing
    const auto second = notification_in(poke_of({{"event_id", "$2"}})).at("devices").at(0).at("pushkey_ts");
    BOOST_TEST(second == first);
}

BOOST_AUTO_TEST_CASE(event_id_only_is_ids_counts_and_devices_and_nothing_more) {
    set("key", {{"format", "event_id_only"}});
    const json::object told = notification_in(poke_of(message, {{"sound", "bing"}}));
    std::string names;
    for (const auto& [name, value] : told) (names += std::string(name)) += ' ';
    BOOST_TEST(names == "event_id room_id prio counts devices ");
    BOOST_TEST(!told.at("devices").at(0).as_object().contains("tweaks"));
}

BOOST_AUTO_TEST_CASE(who_hides_badges_is_told_no_counts_and_nothing_of_counts_alone) {
    for (const char* name : {"org.matrix.msc4076.disable_badge_count", "disable_badge_count"}) {
        set(name, {{name, true}});
        BOOST_TEST(!notification_in(poke_of({{"event_id", name}, {"counts", {{"unread", 3}}}})).contains("counts"));
        BOOST_TEST(notify({{"counts", {{"unread", 0}}}}) == 0U);
        BOOST_TEST(as_alice().set(removal_body(app, name)).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(a_badge_is_cleared_by_a_zero) {
    set("key");
    const json::object told = notification_in(poke_of({{"counts", {{"unread", 0}}}}));
    BOOST_TEST(json::serialize(told.at("counts")) == R"({"unread":0})");
    BOOST_TEST(!told.contains("event_id"));
}

BOOST_AUTO_TEST_CASE(a_query_in_the_url_is_passed_on) {
    set("key", {{"url", gateway().url() + "?token=a|b"}});
    BOOST_TEST(poke_of({{"event_id", "$1"}}).target == "/_matrix/push/v1/notify?token=a|b");
}

BOOST_AUTO_TEST_CASE(pushers_at_one_url_share_a_request) {
    set("one");
    set("two");
    set("ids", {{"format", "event_id_only"}});
    BOOST_TEST(notify({{"event_id", "$1"}}) == 3U);
    const auto pokes = stub().wait_for_requests(2);
    std::vector<std::string> who;
    for (const auto& each : pokes) who.push_back(pushkeys_in(each));
    std::sort(who.begin(), who.end());
    BOOST_TEST(who == (std::vector<std::string>{"ids ", "one two "}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_disabled_pusher_is_told_nothing) {
    set("key", {}, {{"enabled", false}});
    BOOST_TEST(notify("$1") == 0U);
    BOOST_TEST(state_of("key") == "disabled");
    set("key", {}, {{"enabled", true}});
    BOOST_TEST(event_in(poke_of({{"event_id", "$2"}})) == "$2");
}

BOOST_AUTO_TEST_CASE(events_come_in_their_order_over_kept_connections) {
    set("key");
    std::string expected;
    for (int i = 0; i < 20; ++i) {
        const std::string event = "$" + std::to_string(i);
        notify(event);
        (expected += event) += ' ';
    }
    const auto pokes = stub().wait_for_requests(20);
    BOOST_TEST(events_in(pokes) == expected);
    for (const auto& each : pokes) BOOST_TEST(each.connection == pokes.front().connection);
    wait_until_sent("key");
    BOOST_TEST(state_of("key") == "ok");
    BOOST_TEST(health_of("key").at("sent").to_number<int>() == 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
