// "Body of a set": the keys that must be there, and their types.

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;

std::string missing(const body& request) {
    const auto command = parse_set_command(request.text(), {});
    if (command) return "accepted";
    if (command.error().code != errc::missing_param) return std::string(name_of(command.error().code));
    return command.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_required)

BOOST_AUTO_TEST_CASE(a_body_without_lang_and_data_is_told_so_in_the_words_of_the_specification) {
    BOOST_TEST(missing(http_body().without("lang").without("data")) == "Missing parameters: lang, data");
}

BOOST_AUTO_TEST_CASE(an_absent_required_key_is_missing) {
    for (const std::string key :
         {"kind", "app_id", "pushkey", "app_display_name", "device_display_name", "lang", "data"})
        BOOST_TEST_CONTEXT(key) {
            BOOST_TEST(missing(http_body().without(key)) == "Missing parameters: " + key);
            BOOST_TEST(missing(email_body().without(key)) == "Missing parameters: " + key);
        }
}

BOOST_AUTO_TEST_CASE(all_absent_keys_are_named_in_the_documented_order) {
    BOOST_TEST(missing(body()) ==
               "Missing parameters: kind, app_id, pushkey, app_display_name, device_display_name, lang, data");
    BOOST_TEST(missing(body().with("lang", R"("en")").with("app_id", R"("a")")) ==
               "Missing parameters: kind, pushkey, app_display_name, device_display_name, data");
    BOOST_TEST(missing(http_body().without("data").without("app_display_name").without("pushkey")) ==
               "Missing parameters: pushkey, app_display_name, data");
}

BOOST_AUTO_TEST_CASE(an_absent_kind_counts_as_not_null) {
    BOOST_TEST(missing(body().with("app_id", R"("a")").with("pushkey", R"("b")")) ==
               "Missing parameters: kind, app_display_name, device_display_name, lang, data");
}

BOOST_AUTO_TEST_CASE(a_kind_of_the_wrong_type_counts_as_not_null) {
    BOOST_TEST(missing(removal_body().with("kind", "0")) ==
               "Missing parameters: app_display_name, device_display_name, lang, data");
}

BOOST_AUTO_TEST_CASE(a_key_in_another_case_is_absent) {
    BOOST_TEST(missing(http_body().without("lang").with("Lang", R"("en")")) == "Missing parameters: lang");
}

BOOST_AUTO_TEST_CASE(profile_tag_and_append_are_not_required) { BOOST_TEST(is_accepted(http_body())); }

BOOST_AUTO_TEST_CASE(a_required_string_of_the_wrong_type_is_refused) {
    for (const auto* key : {"app_id", "pushkey", "app_display_name", "device_display_name", "lang"})
        for (const auto* value : {"1", "1.5", "true", "false", "{}", "[]", R"(["a"])", "1e99999999999"})
            BOOST_TEST_CONTEXT(key << ": " << value)
    BOOST_TEST(is_refused(http_body().with(key, value), errc::invalid_param, key));
}

BOOST_AUTO_TEST_CASE(an_explicit_null_is_the_wrong_type_and_not_absent) {
    for (const auto* key : {"app_id", "pushkey", "app_display_name", "device_display_name", "lang", "data"})
        BOOST_TEST_CONTEXT(key) BOOST_TEST(is_refused(http_body().with(key, "null"), errc::invalid_param, key));
}

BOOST_AUTO_TEST_CASE(a_kind_of_the_wrong_type_is_refused) {
    for (const auto* value : {"1", "0", "true", "false", "{}", "[]", R"(["http"])"})
        BOOST_TEST_CONTEXT(value) BOOST_TEST(is_refused(http_body().with("kind", value), errc::invalid_param, "kind"));
}

BOOST_AUTO_TEST_CASE(data_of_the_wrong_type_is_refused) {
    for (const auto* value : {"1", "true", "[]", R"("{}")", R"("")", R"([{"url":"x"}])"}) BOOST_TEST_CONTEXT(value) {
            BOOST_TEST(is_refused(http_body().with("data", value), errc::invalid_param, "data"));
            BOOST_TEST(is_refused(email_body().with("data", value), errc::invalid_param, "data"));
        }
}

BOOST_AUTO_TEST_CASE(a_profile_tag_of_the_wrong_type_is_refused) {
    for (const auto* value : {"1", "true", "false", "{}", "[]"}) BOOST_TEST_CONTEXT(value)
    BOOST_TEST(is_refused(http_body().with("profile_tag", value), errc::invalid_param, "profile_tag"));
}

BOOST_AUTO_TEST_CASE(a_null_profile_tag_is_as_if_absent) {
    BOOST_TEST(parsed<upsert>(http_body().with("profile_tag", "null")).shown == parsed<upsert>(http_body()).shown);
    BOOST_TEST(!shown_object(http_body().with("profile_tag", "null").text()).contains("profile_tag"));
}

BOOST_AUTO_TEST_CASE(an_empty_profile_tag_counts_as_given) {
    const auto shown = shown_object(http_body().with("profile_tag", R"("")").text());
    BOOST_REQUIRE(shown.contains("profile_tag"));
    BOOST_TEST(shown.at("profile_tag").as_string().empty());
}

BOOST_AUTO_TEST_CASE(empty_display_names_and_an_empty_lang_are_accepted) {
    BOOST_TEST(is_accepted(
        http_body().with("app_display_name", R"("")").with("device_display_name", R"("")").with("lang", R"("")")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
