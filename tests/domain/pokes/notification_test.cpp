// What a homeserver hands over to be told to a user's pushers, and what is wrong with it if so.

#include "domain/pokes/notification.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace pusherd::domain {
namespace {

std::string item(const std::string& notification, const std::string& more = {}) {
    return R"({"user_id":"@alice:example.org","notification":)" + notification + more + '}';
}

notification only(const std::string& body) {
    auto read = parse_notifications(body);
    BOOST_TEST_REQUIRE(read.has_value(), body << ": " << (read ? "" : read.error().message));
    BOOST_TEST_REQUIRE(read->size() == 1U);
    return std::move(read->front());
}

void check_refused(const std::string& body, const std::string& text, errc code = errc::invalid_param) {
    const auto read = parse_notifications(body);
    BOOST_TEST_REQUIRE(!read.has_value(), body);
    BOOST_TEST((read.error().code == code), body << ": " << read.error().message);
    BOOST_TEST(read.error().message.find(text) != std::string::npos, body << ": " << read.error().message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notifications)

BOOST_AUTO_TEST_CASE(it_is_kept_to_the_letter_without_devices_and_nulls) {
    const notification read = only(
        item(R"( { "event_id" : "$1", "type": null, "sender": "@bob:example.org", "content":{"a\u0062": 1.0e2} , )"
             R"("devices":[{"pushkey":"x"}], "membership":"join", "org.example":null, "counts" : {"unread": 0} } )",
             R"(,"tweaks": {"sound":"default", "highlight": false})"));
    BOOST_TEST(read.user_id == "@alice:example.org");
    BOOST_TEST(read.event_id == "$1");
    BOOST_TEST(read.source == R"({"event_id":"$1","sender":"@bob:example.org","content":{"a\u0062":1.0e2},)"
                              R"("membership":"join","org.example":null,"counts":{"unread":0}})");
    BOOST_TEST(read.tweaks == R"({"sound":"default","highlight":false})");
    BOOST_TEST(!read.is_of_own_event);
}

BOOST_AUTO_TEST_CASE(counts_alone_are_told_of_as_well) {
    for (const char* each : {R"({"counts":{"unread":2}})", R"({"id":"","type":null,"sender":"","counts":{}})",
                             R"({"event_id":"","counts":{"unread":2,"missed_calls":null}})"})
        BOOST_TEST(only(item(each)).event_id == "");
    for (const char* each : {"{}", R"({"event_id":null,"counts":null})", R"({"event_id":"","room_id":"!r"})"})
        check_refused(item(each), "'notification' must have an event_id, or counts");
}

BOOST_AUTO_TEST_CASE(counts_and_a_sound_that_are_null_are_none) {
    const notification read = only(item(R"({"event_id":"$1","counts":{"unread":null,"missed_calls":0}})",
                                        R"(,"tweaks":{"sound":null,"highlight":true,"org.example":null})"));
    BOOST_TEST(read.source == R"({"event_id":"$1","counts":{"missed_calls":0}})");
    BOOST_TEST(read.tweaks == R"({"highlight":true,"org.example":null})");
}

BOOST_AUTO_TEST_CASE(the_users_own_events_are_known) {
    BOOST_TEST(only(item(R"({"event_id":"$1","sender":"@alice:example.org"})")).is_of_own_event);
    BOOST_TEST(only(item(R"({"event_id":"$1","sender":"@\u0061lice:example.org"})")).is_of_own_event);
    BOOST_TEST(!only(item(R"({"event_id":"$1","sender":"@Alice:example.org"})")).is_of_own_event);
    BOOST_TEST(!only(item(R"({"event_id":"$1"})")).is_of_own_event);
}

BOOST_AUTO_TEST_CASE(each_field_has_its_type) {
    for (const char* name : {"event_id", "room_id", "type", "sender", "sender_display_name", "room_name", "room_alias"})
        for (const char* value : {"1", "[]", "{}", "true"})
            check_refused(item(std::string(R"({"counts":{},")") + name + "\":" + value + '}'),
                          std::string("'notification.") + name + "' must be a string");
    check_refused(item(R"({"event_id":"$1","content":"x"})"), "'notification.content' must be an object");
    check_refused(item(R"({"event_id":"$1","prio":"medium"})"), "'notification.prio' must be high or low");
    check_refused(item(R"({"event_id":"$1","user_is_target":"yes"})"), "'notification.user_is_target'");
    check_refused(item(R"({"event_id":"$1","counts":[]})"), "'notification.counts' must be an object");
    for (const char* value : {"-1", "1.0", "1e2", "\"1\"", "true", "10000000000000000"})
        check_refused(item(std::string(R"({"counts":{"unread":)") + value + "}}"), "'notification.counts.unread'");
    check_refused(item(R"({"event_id":"$1"})", R"(,"tweaks":[])"), "'tweaks' must be an object");
    check_refused(item(R"({"event_id":"$1"})", R"(,"tweaks":{"sound":1})"), "'tweaks.sound' must be a string");
    check_refused(item(R"({"event_id":"$1","event_id":"$2"})"), "in 'notification'", errc::bad_json);
    check_refused(item("[]"), "'notification' must be an object");
    check_refused(R"({"user_id":"alice","notification":{"event_id":"$1"}})", "'user_id'");
    check_refused("{}", "Missing parameters: user_id, notification", errc::missing_param);
    check_refused("{", "JSON", errc::not_json);
}

BOOST_AUTO_TEST_CASE(of_a_batch_all_are_taken_or_none) {
    const std::string good = item(R"({"event_id":"$1"})");
    const auto batch = [](const std::string& items) { return R"({"notifications":[)" + items + "]}"; };
    BOOST_TEST(parse_notifications(batch(good + ", " + good))->size() == 2U);
    check_refused(batch(good + ',' + item(R"({"event_id":1})")), "'notifications[1].notification.event_id'");
    check_refused(batch(good + ",1"), "'notifications[1]' must be an object");
    check_refused(batch(good + ",{}"), "notifications[1].user_id, notifications[1].notification", errc::missing_param);
    check_refused(batch(""), "1 to 1000");
    check_refused(R"({"notifications":{}})", "1 to 1000");
    check_refused(R"({"notifications":null})", "Missing parameters: user_id", errc::missing_param);
    std::string many = good;
    for (std::size_t i = 1; i < most_notifications; ++i) many += ',' + good;
    BOOST_TEST(parse_notifications(batch(many))->size() == most_notifications);
    check_refused(batch(many + ',' + good), "1 to 1000");
}

BOOST_AUTO_TEST_CASE(one_is_as_large_as_a_poke_can_be) {
    const auto sized = [](std::size_t size) {
        return item(R"({"event_id":"$1","content":{"body":")" + std::string(size, 'x') + "\"}}");
    };
    BOOST_TEST(only(sized(notification_bytes - 100)).event_id == "$1");
    check_refused(sized(notification_bytes), "128 KiB");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
