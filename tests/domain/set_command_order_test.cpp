// "Body of a set, checked in this order": a body with two faults gets the answer of the earlier row.

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;

const std::string long_label = quoted(repeated("a", 1025));
constexpr std::string_view bad_url = R"({"url":"ftp://x"})";

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_order)

BOOST_AUTO_TEST_CASE(not_json_comes_before_bad_json) {
    BOOST_TEST(is_refused(R"({"kind":null,"kind":null)", errc::not_json));
    BOOST_TEST(is_refused("[", errc::not_json));
    BOOST_TEST(is_refused("\"\xff\"", errc::not_json));
    BOOST_TEST(is_refused(http_body().again("lang", R"("\ud800")"), errc::not_json));
    BOOST_TEST(is_refused(http_body().with("data", data_with(R"("a":1,"a":1)")).again("x", repeated("[", 33)),
                          errc::not_json));
}

BOOST_AUTO_TEST_CASE(bad_json_comes_before_missing_parameters) {
    BOOST_TEST(is_refused(R"({"kind":"http","kind":"http"})", errc::bad_json, "kind"));
    BOOST_TEST(is_refused(R"({"kind":null,"kind":null})", errc::bad_json, "kind"));
    BOOST_TEST(is_refused(R"({"data":{"a":1,"a":1}})", errc::bad_json, "a"));
    BOOST_TEST(is_refused(http_body().without("lang").with("data", data_with(R"("a":1,"a":1)")), errc::bad_json, "a"));
}

BOOST_AUTO_TEST_CASE(bad_json_comes_before_wrong_types) {
    BOOST_TEST(is_refused(http_body().with("kind", "1").again("kind", "1"), errc::bad_json, "kind"));
    BOOST_TEST(
        is_refused(http_body().with("lang", "1").with("data", data_with(R"("a":1,"a":1)")), errc::bad_json, "a"));
}

BOOST_AUTO_TEST_CASE(missing_parameters_come_before_wrong_types) {
    BOOST_TEST(is_refused(http_body().without("data").with("kind", "1"), errc::missing_param, "data"));
    BOOST_TEST(is_refused(http_body().without("lang").with("app_id", "null"), errc::missing_param, "lang"));
    BOOST_TEST(is_refused(removal_body().without("pushkey").with("app_id", "1"), errc::missing_param, "pushkey"));
}

BOOST_AUTO_TEST_CASE(missing_parameters_come_before_every_value) {
    BOOST_TEST(is_refused(http_body().without("lang").with("pushkey", R"("")"), errc::missing_param, "lang"));
    BOOST_TEST(is_refused(http_body().without("lang").with("kind", R"("sms")"), errc::missing_param, "lang"));
    BOOST_TEST(is_refused(http_body().without("lang").with("append", "1"), errc::missing_param, "lang"));
}

BOOST_AUTO_TEST_CASE(wrong_types_come_before_the_pushkey) {
    for (const auto* key : {"kind", "app_id", "app_display_name", "device_display_name", "lang", "data", "profile_tag"})
        BOOST_TEST_CONTEXT(key)
    BOOST_TEST(is_refused(http_body().with("pushkey", R"("")").with(key, "1"), errc::invalid_param, key));
    BOOST_TEST(is_refused(removal_body().with("pushkey", R"("")").with("app_id", "1"), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(the_pushkey_comes_before_the_app_id) {
    for (const auto& request : {http_body(), email_body(), removal_body()})
        for (const auto* key : {R"("")", R"("a\u0000")"}) BOOST_TEST_CONTEXT(request.text() << " and " << key)
    BOOST_TEST(is_refused(body(request).with("app_id", key).with("pushkey", key), errc::invalid_param, "pushkey"));
}

BOOST_AUTO_TEST_CASE(the_app_id_comes_before_the_sizes) {
    for (const auto* key : {"app_display_name", "device_display_name", "lang", "profile_tag"}) BOOST_TEST_CONTEXT(key)
    BOOST_TEST(is_refused(http_body().with("app_id", R"("")").with(key, long_label), errc::invalid_param, "app_id"));
    const std::string long_data = data_with("\"x\":" + quoted(repeated("a", 16384)));
    BOOST_TEST(is_refused(http_body().with("app_id", R"("")").with("data", long_data), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(the_sizes_come_before_the_kind) {
    for (const auto* key : {"app_display_name", "device_display_name", "lang", "profile_tag"}) BOOST_TEST_CONTEXT(key)
    BOOST_TEST(is_refused(http_body().with("kind", R"("sms")").with(key, long_label), errc::invalid_param, key));
    const std::string long_data = data_with("\"x\":" + quoted(repeated("a", 16384)));
    BOOST_TEST(is_refused(http_body().with("kind", R"("sms")").with("data", long_data), errc::invalid_param, "data"));
}

BOOST_AUTO_TEST_CASE(the_kind_comes_before_what_it_asks_for) {
    BOOST_TEST(is_refused(http_body().with("kind", R"("sms")").with("data", "{}"), errc::invalid_param, "kind"));
    BOOST_TEST(is_refused(http_body().with("kind", R"("sms")").with("data", bad_url), errc::invalid_param, "kind"));
    BOOST_TEST(is_refused(email_body().with("kind", R"("sms")").with("app_id", R"("x")"), errc::invalid_param, "kind"));
    BOOST_TEST(is_refused(http_body().with("kind", R"("sms")").with("append", "1"), errc::invalid_param, "kind"));
}

BOOST_AUTO_TEST_CASE(the_sizes_come_before_the_url) {
    const std::string too_long = R"({"x":)" + quoted(repeated("a", 16384)) + "}";
    BOOST_TEST(is_refused(http_body().with("data", too_long), errc::invalid_param, "data"));
}

BOOST_AUTO_TEST_CASE(a_missing_url_comes_before_format_and_append) {
    BOOST_TEST(is_refused(http_body().with("data", R"({"format":1})"), errc::missing_param, "data.url"));
    BOOST_TEST(is_refused(http_body().with("data", "{}").with("append", "1"), errc::missing_param, "data.url"));
}

BOOST_AUTO_TEST_CASE(a_bad_url_comes_before_format_and_append) {
    BOOST_TEST(is_refused(http_body().with("data", R"({"url":1,"format":1})"), errc::invalid_param, "data.url"));
    BOOST_TEST(is_refused(http_body().with("data", bad_url).with("append", "1"), errc::invalid_param, "data.url"));
}

BOOST_AUTO_TEST_CASE(a_bad_email_comes_before_format_and_append) {
    BOOST_TEST(is_refused(email_body().with("app_id", R"("x")").with("data", R"({"format":1})"), errc::invalid_param,
                          "app_id"));
    BOOST_TEST(is_refused(email_body().with("pushkey", R"("x")").with("append", "1"), errc::invalid_param, "pushkey"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
