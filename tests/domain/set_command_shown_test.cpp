// What a list will show for an accepted body, the examples of the specification as they stand among them.

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;
using namespace std::string_view_literals;

// seed/pusher.yaml, POST /pushers/set, "example", to the letter.
constexpr std::string_view set_example = R"({
                "lang": "en",
                "kind": "http",
                "app_display_name": "Mat Rix",
                "device_display_name": "iPhone 9",
                "profile_tag": "xxyyzz",
                "app_id": "com.example.app.ios",
                "pushkey": "APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3hVZjC9KtT8OvPVGJ-hQMRKRrZuJAEcl7B338qju59zJMjw2DELjzEvxwYv7hH5Ynpc1ODQ0aT4U4OFEeco8ohsN5PjL1iC2dNtk2BAokeMCg2ZXKqpc8FXKmhX94kIxQ",
                "data": {
                  "url": "https://push-gateway.location.here/_matrix/push/v1/notify",
                  "format": "event_id_only"
                },
                "append": false
              })";

// seed/pusher.yaml, GET /pushers, the one item of "examples", to the letter.
constexpr std::string_view list_example = R"({
                        "pushkey": "Xp/MzCt8/9DcSNE9cuiaoT5Ac55job3TdLSSmtmYl4A=",
                        "kind": "http",
                        "app_id": "face.mcapp.appy.prod",
                        "app_display_name": "Appy McAppface",
                        "device_display_name": "Alice's Phone",
                        "profile_tag": "xyz",
                        "lang": "en-US",
                        "data": {
                          "url": "https://example.com/_matrix/push/v1/notify"
                        }
                      })";

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_shown)

BOOST_AUTO_TEST_CASE(the_set_example_of_the_specification_is_accepted_and_shown_without_append) {
    const auto command = parsed<upsert>(set_example);
    BOOST_CHECK(command.kind == pusher_kind::http);
    BOOST_TEST(!command.append);
    BOOST_TEST(command.key.app_id == "com.example.app.ios");
    BOOST_TEST(command.key.pushkey.starts_with("APA91bHPRgkF3JUikC4E"));
    auto expected = boost::json::parse(boost::json::string_view(set_example)).as_object();
    expected.erase("append");
    BOOST_TEST(shown_object(set_example) == expected);
    BOOST_TEST(shown_data(set_example) ==
               R"({"url":"https://push-gateway.location.here/_matrix/push/v1/notify","format":"event_id_only"})");
}

BOOST_AUTO_TEST_CASE(the_list_example_of_the_specification_is_shown_as_it_stands) {
    BOOST_TEST(shown_object(list_example) == boost::json::parse(boost::json::string_view(list_example)).as_object());
    BOOST_TEST(shown_data(list_example) == R"({"url":"https://example.com/_matrix/push/v1/notify"})");
}

BOOST_AUTO_TEST_CASE(keys_outside_the_list_are_dropped) {
    const auto plain = parsed<upsert>(http_body());
    for (const auto* value : {"1", "null", R"("x")", R"({"a":[{}]})", "1e99999999999"}) BOOST_TEST_CONTEXT(value) {
            const auto request = http_body()
                                     .with("org.example.enabled", value)
                                     .with("org.matrix.msc3881.device_id", value)
                                     .with("url", value);
            BOOST_TEST(parsed<upsert>(request).shown == plain.shown);
        }
}

BOOST_AUTO_TEST_CASE(append_is_not_shown) {
    for (const auto* append : {"true", "false", "null"}) BOOST_TEST_CONTEXT(append)
    BOOST_TEST(parsed<upsert>(http_body().with("append", append)).shown == parsed<upsert>(http_body()).shown);
}

BOOST_AUTO_TEST_CASE(the_order_and_the_spelling_of_the_top_keys_does_not_change_what_is_shown) {
    const std::string text = R"({"data":)" + std::string(good_data) +
                             R"(, "lang":"\u0065n","device_display_name":"Phone","app_display_name":"App",
                             "p\u0075shkey":"key\u002d1","app_id":"org.example.app","kind":"http"})";
    BOOST_TEST(parsed<upsert>(text).shown == parsed<upsert>(http_body()).shown);
}

BOOST_AUTO_TEST_CASE(every_field_changes_what_is_shown) {
    const std::string plain = parsed<upsert>(http_body()).shown;
    for (const auto* key : {"app_id", "pushkey", "app_display_name", "device_display_name", "lang", "profile_tag"})
        BOOST_TEST_CONTEXT(key) BOOST_TEST(parsed<upsert>(http_body().with(key, R"("other")")).shown != plain);
    BOOST_TEST(parsed<upsert>(http_body().with("data", data_with(R"("a":1)"))).shown != plain);
}

BOOST_AUTO_TEST_CASE(texts_of_any_characters_are_shown_as_they_are) {
    const std::string source = R"("\"\\\/\b\f\n\r\t\u0000\u001f\u007f é \ud83d\ude00 <&> ' \u2028")";
    const auto decoded = "\"\\/\b\f\n\r\t\0\x1f\x7f \xc3\xa9 \xf0\x9f\x98\x80 <&> ' \xe2\x80\xa8"sv;
    for (const auto* key : {"app_display_name", "device_display_name", "lang", "profile_tag"}) BOOST_TEST_CONTEXT(key) {
            const auto shown = shown_object(http_body().with(key, source).text());
            BOOST_TEST(std::string_view(shown.at(key).as_string()) == decoded);
        }
}

BOOST_AUTO_TEST_CASE(the_command_carries_the_key_decoded) {
    const auto command =
        parsed<upsert>(http_body().with("pushkey", R"("\u00e9\/\n")").with("app_id", R"("\ud83d\ude00")"));
    BOOST_TEST(command.key.pushkey == "\xc3\xa9/\n");
    BOOST_TEST(command.key.app_id == "\xf0\x9f\x98\x80");
    BOOST_TEST(command.shown.starts_with(shown_key(command.key)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
