// "Where kind is null: kind, app_id, pushkey are required and checked, and nothing else is looked at."

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;

constexpr const char* spellings_of_null[] = {"null", R"("")"};

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_removal)

BOOST_AUTO_TEST_CASE(a_null_kind_asks_for_removal) {
    const auto command = parsed<removal>(removal_body());
    BOOST_TEST(command.key.app_id == "org.example.app");
    BOOST_TEST(command.key.pushkey == "key-1");
}

BOOST_AUTO_TEST_CASE(an_empty_kind_means_the_same_as_null) {
    const auto command = parsed<removal>(removal_body().with("kind", R"("")"));
    BOOST_TEST(command.key.app_id == "org.example.app");
    BOOST_TEST(command.key.pushkey == "key-1");
}

BOOST_AUTO_TEST_CASE(an_absent_kind_does_not_ask_for_removal) {
    BOOST_TEST(is_refused(removal_body().without("kind"), errc::missing_param,
                          "Missing parameters: kind, app_display_name, device_display_name, lang, data"));
}

BOOST_AUTO_TEST_CASE(a_whole_pusher_with_a_null_kind_asks_for_removal) {
    for (const auto* kind : spellings_of_null) BOOST_TEST_CONTEXT(kind) {
            BOOST_TEST(parsed<removal>(http_body().with("kind", kind)).key.pushkey == "key-1");
            BOOST_TEST(parsed<removal>(email_body().with("kind", kind)).key.pushkey == "alice@example.org");
        }
}

BOOST_AUTO_TEST_CASE(a_removal_looks_at_nothing_else) {
    const std::string long_text = quoted(repeated("a", 20000));
    for (const auto* kind : spellings_of_null)
        for (const auto* key :
             {"app_display_name", "device_display_name", "lang", "profile_tag", "data", "append", "x"})
            for (const auto& value :
                 {std::string("null"), std::string("1"), std::string("[]"), std::string("{}"),
                  std::string(R"({"url":1,"format":2})"), std::string(R"({"a":1,"a":2})"), long_text})
                BOOST_TEST_CONTEXT("kind " << kind << ", " << key << ": " << value.substr(0, 30))
    BOOST_TEST(parsed<removal>(removal_body().with("kind", kind).with(key, value)).key.pushkey == "key-1");
}

BOOST_AUTO_TEST_CASE(a_removal_of_an_email_pusher_does_not_look_for_an_address) {
    BOOST_TEST(parsed<removal>(removal_body().with("app_id", R"("m.email")")).key.app_id == "m.email");
}

BOOST_AUTO_TEST_CASE(a_removal_without_app_id_or_pushkey_names_what_is_missing_and_nothing_more) {
    for (const auto* kind : spellings_of_null) BOOST_TEST_CONTEXT(kind) {
            const auto neither = parse_set_command(body().with("kind", kind).text(), {});
            BOOST_REQUIRE(!neither);
            BOOST_CHECK(neither.error().code == errc::missing_param);
            BOOST_TEST(neither.error().message == "Missing parameters: app_id, pushkey");

            const auto no_pushkey = parse_set_command(removal_body().with("kind", kind).without("pushkey").text(), {});
            BOOST_REQUIRE(!no_pushkey);
            BOOST_CHECK(no_pushkey.error().code == errc::missing_param);
            BOOST_TEST(no_pushkey.error().message == "Missing parameters: pushkey");
        }
}

BOOST_AUTO_TEST_CASE(a_removal_with_a_key_of_the_wrong_type_is_refused) {
    for (const auto* key : {"app_id", "pushkey"})
        for (const auto* value : {"null", "1", "true", "{}", "[]"}) BOOST_TEST_CONTEXT(key << ": " << value)
    BOOST_TEST(is_refused(removal_body().with(key, value), errc::invalid_param, key));
}

BOOST_AUTO_TEST_CASE(a_removal_with_a_key_that_is_empty_or_too_long_or_has_u0000_is_refused) {
    BOOST_TEST(is_refused(removal_body().with("pushkey", R"("")"), errc::invalid_param, "pushkey"));
    BOOST_TEST(is_refused(removal_body().with("pushkey", quoted(repeated("k", 513))), errc::invalid_param, "pushkey"));
    BOOST_TEST(is_refused(removal_body().with("pushkey", R"("a\u0000")"), errc::invalid_param, "pushkey"));
    BOOST_TEST(is_refused(removal_body().with("app_id", R"("")"), errc::invalid_param, "app_id"));
    BOOST_TEST(is_refused(removal_body().with("app_id", quoted(repeated("a", 65))), errc::invalid_param, "app_id"));
    BOOST_TEST(is_refused(removal_body().with("app_id", R"("a\u0000")"), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(a_removal_with_keys_of_the_greatest_length_is_accepted) {
    const auto request = removal_body()
                             .with("pushkey", quoted(repeated("k", 512)))
                             .with("app_id", quoted(repeated("\xf0\x9f\x98\x80", 64)));
    BOOST_TEST(parsed<removal>(request).key.pushkey.size() == 512U);
    BOOST_TEST(parsed<removal>(request).key.app_id.size() == 256U);
}

BOOST_AUTO_TEST_CASE(key_of_gives_the_key_of_either_command) {
    const auto create = parse_set_command(http_body().text(), {});
    const auto remove = parse_set_command(removal_body().text(), {});
    BOOST_REQUIRE(create.has_value());
    BOOST_REQUIRE(remove.has_value());
    for (const auto* command : {&*create, &*remove}) {
        BOOST_TEST(key_of(*command).app_id == "org.example.app");
        BOOST_TEST(key_of(*command).pushkey == "key-1");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
