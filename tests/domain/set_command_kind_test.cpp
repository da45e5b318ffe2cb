// "Body of a set": the kind, what each kind asks for, and the last row.

#include "tests/domain/set_body.hpp"

#include <optional>

namespace pusherd::domain {
namespace {

using namespace testing;

constexpr std::string_view insecure_url = R"({"url":"http://push.example.org/_matrix/push/v1/notify"})";

body email_to(std::string_view address) { return email_body().with("pushkey", quoted(address)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_kind)

BOOST_AUTO_TEST_CASE(a_kind_other_than_http_email_or_null_is_refused) {
    for (const auto* kind :
         {"sms", "HTTP", "Email", "http ", " http", "https", "null", "mail", "http\\u0000", "\xd0\xbd"})
        BOOST_TEST_CONTEXT(kind)
    BOOST_TEST(is_refused(http_body().with("kind", quoted(kind)), errc::invalid_param, "kind"));
}

BOOST_AUTO_TEST_CASE(the_kinds_http_and_email_are_accepted) {
    BOOST_CHECK(parsed<upsert>(http_body()).kind == pusher_kind::http);
    BOOST_CHECK(parsed<upsert>(email_body()).kind == pusher_kind::email);
}

BOOST_AUTO_TEST_CASE(http_without_data_url_is_a_missing_parameter) {
    for (const auto* data :
         {"{}", R"({"URL":"x"})", R"({"default_payload":{"url":"x"}})", R"({"format":"event_id_only"})"})
        BOOST_TEST_CONTEXT(data) {
            const auto command = parse_set_command(http_body().with("data", data).text(), {});
            BOOST_REQUIRE(!command);
            BOOST_CHECK(command.error().code == errc::missing_param);
            BOOST_TEST(command.error().message == "Missing parameters: data.url");
        }
}

BOOST_AUTO_TEST_CASE(a_data_url_that_is_no_string_is_refused) {
    for (const auto* url : {"null", "1", "true", "{}", "[]", R"(["https://push.example.org/_matrix/push/v1/notify"])"})
        BOOST_TEST_CONTEXT(url)
    BOOST_TEST(
        is_refused(http_body().with("data", R"({"url":)" + std::string(url) + "}"), errc::invalid_param, "data.url"));
}

BOOST_AUTO_TEST_CASE(a_data_url_that_is_no_gateway_url_is_refused) {
    for (const auto* url :
         {"", "x", "https://push.example.org/", "https:///_matrix/push/v1/notify",
          "https://u@push.example.org/_matrix/push/v1/notify", "https://push.example.org/_matrix/push/v1/notify#f",
          "https://push\\u0000/_matrix/push/v1/notify", "https://push.example.org/_matrix/push/v1/notify\\u0000",
          "https://push.example.org/_matrix/push/v1/notify\\n",
          "https://push.example.org/_matrix/push/v1/notify?\\u00e9"})
        BOOST_TEST_CONTEXT(url)
    BOOST_TEST(is_refused(http_body().with("data", R"({"url":)" + quoted(url) + "}"), errc::invalid_param, "data.url"));
}

BOOST_AUTO_TEST_CASE(an_http_gateway_is_refused_with_a_text_that_names_the_option) {
    BOOST_TEST(is_refused(http_body().with("data", insecure_url), errc::invalid_param, "data.url"));
    BOOST_TEST(is_refused(http_body().with("data", insecure_url), errc::invalid_param, "--allow-insecure-gateways"));
}

BOOST_AUTO_TEST_CASE(an_http_gateway_is_accepted_where_the_operator_allows_it) {
    const std::string text = http_body().with("data", insecure_url).text();
    BOOST_TEST(parse_set_command(text, {.allow_insecure_gateways = true}).has_value());
    BOOST_TEST(parse_set_command(http_body().text(), {.allow_insecure_gateways = true}).has_value());
}

BOOST_AUTO_TEST_CASE(email_does_not_look_at_data_url) {
    for (const auto* data : {"{}", R"({"url":1})", R"({"url":null})", R"({"url":"ftp://x"})", R"({"brand":"app"})"})
        BOOST_TEST_CONTEXT(data) BOOST_TEST(shown_data(email_body().with("data", data).text()) == data);
}

BOOST_AUTO_TEST_CASE(email_with_an_app_id_that_is_not_m_email_is_refused) {
    for (const auto* app_id : {"org.example.app", "M.EMAIL", "m.email ", "m.emai", "m.email\\u0001"})
        BOOST_TEST_CONTEXT(app_id)
    BOOST_TEST(is_refused(email_body().with("app_id", quoted(app_id)), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(email_with_a_pushkey_that_is_no_address_is_refused) {
    for (const auto* address : {"alice", "alice.example.org", "@example.org", "alice@", "@", "@@", "a@b@c", "a@@b",
                                "a@b@", "al ice@b", "alice@b ", " alice@b", "alice@b c", R"(alice@b\n)", R"(\talice@b)",
                                R"(al\rice@b)", R"(alice@b\u007f)", R"(alice\u001b@b)"})
        BOOST_TEST_CONTEXT(address) BOOST_TEST(is_refused(email_to(address), errc::invalid_param, "pushkey"));
}

BOOST_AUTO_TEST_CASE(email_with_an_address_is_accepted) {
    for (const auto* address :
         {"a@b", "alice@example.org", "alice+push@example.org", "\xc3\xa9@b\xc3\xbc.example", "a@[::1]"})
        BOOST_TEST_CONTEXT(address) BOOST_TEST(parsed<upsert>(email_to(address)).key.pushkey == address);
}

BOOST_AUTO_TEST_CASE(an_http_pusher_may_be_called_m_email_and_need_have_no_address) {
    BOOST_TEST(is_accepted(http_body().with("app_id", R"("m.email")")));
}

BOOST_AUTO_TEST_CASE(a_data_format_that_is_no_string_is_refused) {
    for (const auto* format : {"null", "1", "true", "{}", "[]", R"(["event_id_only"])"}) BOOST_TEST_CONTEXT(format) {
            const std::string member = R"("format":)" + std::string(format);
            BOOST_TEST(is_refused(http_body().with("data", data_with(member)), errc::invalid_param, "data.format"));
            BOOST_TEST(is_refused(email_body().with("data", "{" + member + "}"), errc::invalid_param, "data.format"));
        }
}

BOOST_AUTO_TEST_CASE(any_other_data_format_is_accepted) {
    for (const auto* format : {"event_id_only", "", "full", "org.example.format"}) BOOST_TEST_CONTEXT(format) {
            const std::string data = data_with(R"("format":)" + quoted(format));
            BOOST_TEST(shown_data(http_body().with("data", data).text()) == data);
        }
}

BOOST_AUTO_TEST_CASE(an_append_that_is_neither_boolean_nor_null_is_refused) {
    for (const auto* append : {"0", "1", R"("true")", R"("")", "{}", "[]", "[true]"}) BOOST_TEST_CONTEXT(append) {
            BOOST_TEST(is_refused(http_body().with("append", append), errc::invalid_param, "append"));
            BOOST_TEST(is_refused(email_body().with("append", append), errc::invalid_param, "append"));
        }
}

BOOST_AUTO_TEST_CASE(append_is_true_only_if_the_body_says_true) {
    BOOST_TEST(parsed<upsert>(http_body().with("append", "true")).append);
    BOOST_TEST(!parsed<upsert>(http_body().with("append", "false")).append);
    BOOST_TEST(!parsed<upsert>(http_body().with("append", "null")).append);
    BOOST_TEST(!parsed<upsert>(http_body()).append);
    BOOST_TEST(!parsed<upsert>(http_body().with("data", data_with(R"("append":true)"))).append);
}

BOOST_AUTO_TEST_CASE(enabled_has_two_names_and_is_a_boolean_or_null) {
    using maybe = std::optional<bool>;
    const auto wish = [](std::string_view stable, std::string_view unstable) {
        body request = http_body();
        if (!stable.empty()) request.with("enabled", stable);
        if (!unstable.empty()) request.with("org.matrix.msc3881.enabled", unstable);
        return parsed<upsert>(request).enabled;
    };
    BOOST_TEST(!wish("", "").is_there());
    BOOST_TEST(!wish("null", "null").is_there());
    BOOST_CHECK(wish("true", "").stable == maybe(true));
    BOOST_CHECK(wish("false", "null").stable == maybe(false));
    BOOST_CHECK(wish("", "false").unstable == maybe(false));
    BOOST_CHECK(wish("false", "true").stable == maybe(false));
    BOOST_CHECK(wish("false", "true").unstable == maybe(true));
    for (const auto* name : {"enabled", "org.matrix.msc3881.enabled"})
        for (const auto* value : {"1", R"("true")", "[]", "{}"}) BOOST_TEST_CONTEXT(name << " " << value) {
                BOOST_TEST(is_refused(http_body().with(name, value), errc::invalid_param, name));
                BOOST_TEST(is_accepted(removal_body().with(name, value)));
            }
    BOOST_TEST(is_refused(http_body().with("enabled", "true").again("enabled", "true"), errc::bad_json, "enabled"));
}

BOOST_AUTO_TEST_CASE(what_a_list_shows_of_enabled_and_the_device_is_not_what_is_kept_of_a_set) {
    const std::string plain = parsed<upsert>(http_body()).shown;
    for (const auto* name : {"enabled", "org.matrix.msc3881.enabled", "device_id", "org.matrix.msc3881.device_id"})
        for (const auto* value : {"null", "false"}) BOOST_TEST_CONTEXT(name)
    BOOST_TEST(parsed<upsert>(http_body().with(name, value)).shown == plain);
    BOOST_TEST(is_accepted(http_body().with("device_id", "[1]")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
