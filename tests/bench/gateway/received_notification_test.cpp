#include "bench/gateway/received_notification.hpp"

#include "bench/gateway/poke_line.hpp"
#include "bench/gateway/rule_book.hpp"
#include "bench/gateway/tally.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* whole = R"({"notification":{
    "event_id":"$event","room_id":"!room:example.org","type":"m.room.message","sender":"@bob:example.org",
    "content":{"msgtype":"m.text","body":"Hello"},"counts":{"unread":2,"missed_calls":1},"prio":"high",
    "devices":[{"app_id":"im.app","pushkey":"key1","pushkey_ts":1,"data":{},"tweaks":{}},
               {"app_id":"im.app","pushkey":"key2"}]}})";

struct reader_fixture {
    notification_reader reader;
    notification_reader::outcome read{unreadable_notification{}};

    const received_notification& notification_in(std::string_view body) {
        read = reader.read(body);
        BOOST_TEST_REQUIRE(std::holds_alternative<received_notification>(read));
        return std::get<received_notification>(read);
    }
    std::string_view errcode_of(std::string_view body) {
        read = reader.read(body);
        const auto* const why = std::get_if<unreadable_notification>(&read);
        return why == nullptr ? std::string_view() : why->errcode;
    }
    // Without the time, which is another one each time.
    std::string line_of_body(std::string_view body) {
        return line_of(notification_in(body), verdict(), {}).substr(std::string("00:00:00.000").size());
    }
};

std::string body_with(const std::string& members) {
    return "{\"notification\":{" + members + (members.empty() ? "" : ",") +
           R"("devices":[{"app_id":"app","pushkey":"key"}]}})";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(received_notifications, reader_fixture)

BOOST_AUTO_TEST_CASE(all_that_is_shown_is_read) {
    const received_notification& got = notification_in(whole);
    BOOST_TEST(got.event_id == "$event");
    BOOST_TEST(got.room_id == "!room:example.org");
    BOOST_TEST(got.type == "m.room.message");
    BOOST_TEST(got.sender == "@bob:example.org");
    BOOST_TEST(got.text == "Hello");
    BOOST_TEST(got.unread.value() == 2);
    BOOST_TEST(got.missed_calls.value() == 1);
    BOOST_TEST_REQUIRE(got.devices.size() == 2U);
    BOOST_TEST(got.devices[0].app_id == "im.app");
    BOOST_TEST(got.devices[1].pushkey == "key2");
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_of_another_type_is_empty) {
    const received_notification& got =
        notification_in(body_with(R"("event_id":7,"content":[],"counts":{"unread":1.5})"));
    BOOST_TEST(got.event_id.empty());
    BOOST_TEST(got.text.empty());
    BOOST_TEST(!got.unread.has_value());
    BOOST_TEST(got.devices.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_notification_is_told) {
    BOOST_TEST(errcode_of("") == "M_NOT_JSON");
    BOOST_TEST(errcode_of("{") == "M_NOT_JSON");
    BOOST_TEST(errcode_of("{\"notification\":\"\xff\"}") == "M_NOT_JSON");
    for (const char* body :
         {"[]", "{}", R"({"notification":[]})", R"({"notification":{}})", R"({"notification":{"devices":{}}})",
          R"({"notification":{"devices":[]}})", R"({"notification":{"devices":["key"]}})",
          R"({"notification":{"devices":[{"app_id":"app"}]}})",
          R"({"notification":{"devices":[{"app_id":"app","pushkey":7}]}})"})
        BOOST_TEST(errcode_of(body) == "M_BAD_JSON", body);
}

BOOST_AUTO_TEST_CASE(deep_content_and_huge_exponents_are_json) {
    const std::string deep = std::string(500, '[') + std::string(500, ']');
    BOOST_TEST(notification_in(body_with("\"content\":{\"deep\":" + deep + "}")).devices.size() == 1U);
    BOOST_TEST(notification_in(body_with(R"("content":{"body":"x","n":1e99999999999})")).text == "x");
}

// One after another, the large one beyond the reader's own memory.
BOOST_AUTO_TEST_CASE(a_reader_reads_again_and_again) {
    const std::string large(100'000, 'x');
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(notification_in(body_with("\"event_id\":\"" + large + '"')).event_id == large);
        BOOST_TEST(notification_in(whole).event_id == "$event");
        BOOST_TEST(errcode_of("{") == "M_NOT_JSON");
    }
}

BOOST_AUTO_TEST_CASE(a_line_tells_all_of_it) {
    BOOST_TEST(line_of_body(whole) ==
               " event $event in !room:example.org from @bob:example.org, m.room.message: \"Hello\" unread=2 "
               "missed_calls=1 -> key1 (im.app), key2 (im.app): 200");
    BOOST_TEST(line_of_body(body_with(R"("counts":{"unread":0})")) == " counts unread=0 -> key (app): 200");
}

BOOST_AUTO_TEST_CASE(a_line_drives_no_terminal_and_stays_one) {
    const std::string line =
        line_of_body(body_with(R"("event_id":"$\u001b[2J","content":{"body":"a\nb\u009b"},"type":"\u0000")"));
    BOOST_TEST(line == " event $\\x1b[2J, \\x00: \"a\\x0ab\\xc2\\x9b\" -> key (app): 200");
}

BOOST_AUTO_TEST_CASE(a_long_text_is_cut_between_characters) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "ä";
    const std::string line = line_of_body(body_with("\"event_id\":\"$e\",\"content\":{\"body\":\"" + text + "\"}"));
    BOOST_TEST(line == " event $e: \"" + text.substr(0, 240) + "…\" -> key (app): 200");
}

BOOST_AUTO_TEST_CASE(times_of_day_are_told_to_the_millisecond) {
    const std::string time = clock_time(std::chrono::system_clock::time_point(86'400'007ms));
    BOOST_TEST(time.size() == 12U);
    BOOST_TEST(time.ends_with(".007"));
}

BOOST_AUTO_TEST_CASE(a_tally_counts_requests_pokes_events_and_answers) {
    tally all;
    const auto begin = tally::clock::time_point(1s);
    BOOST_TEST(all.to_line() == "0 requests, 0 pokes, 0 events");
    verdict unavailable;
    unavailable.status = 503;
    all.add(notification_in(whole), unavailable, begin);
    BOOST_TEST(all.to_last_line() == "1 request, 2 pokes, 1 event; answered 503: 1");
    all.add(notification_in(whole), verdict(), begin + 1s);
    all.add(notification_in(body_with(R"("event_id":"$other")")), verdict(), begin + 1500ms);
    all.add(notification_in(body_with("")), verdict(), begin + 2s);
    all.add_other(error_verdict(404, "M_UNRECOGNIZED", ""));
    BOOST_TEST(all.requests() == 4U);
    BOOST_TEST(all.pokes() == 6U);
    BOOST_TEST(all.to_last_line() ==
               "4 requests, 6 pokes (2 repeated), 2 events, 1 request of no notification; answered 200: 3, 404: 1, "
               "503: 1; in 2.0 s, 2 requests/s");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
