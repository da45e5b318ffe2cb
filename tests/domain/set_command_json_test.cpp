// "Body of a set": what is no JSON, and what is JSON but no good.

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;
using namespace std::string_view_literals;

// The body is the first level; `levels` counts it in.
std::string body_nested_outside_data(std::size_t levels) {
    return http_body().with("x", repeated("[", levels - 1) + repeated("]", levels - 1)).text();
}

std::string body_nested_inside_data(std::size_t levels) {
    const std::string inner = repeated(R"({"a":)", levels - 2) + "1" + repeated("}", levels - 2);
    return http_body().with("data", data_with("\"x\":" + inner)).text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_json)

BOOST_AUTO_TEST_CASE(an_empty_body_is_not_json) {
    for (const auto text : {""sv, " "sv, "\n\t \r\n"sv})
        BOOST_TEST_CONTEXT("'" << text << "'") BOOST_TEST(is_refused(text, errc::not_json));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_json_is_refused) {
    const std::string good = http_body().text();
    const std::vector<std::string> bodies = {
        "kind=http&app_id=a",
        "{",
        good.substr(0, good.size() - 1),
        good + "}",
        good + good,
        good + " x",
        good + '\0',
        "\xef\xbb\xbf" + good,
        "{'kind':null}",
        "{kind:null}",
        R"({"kind":null,})",
        R"({"kind" null})",
        R"({"kind":null "app_id":"a"})",
        R"({"kind":nul})",
        R"({"kind":NULL})",
        "nil",
        "/* a */" + good,
        good + "// a",
        http_body().with("x", "01").text(),
        http_body().with("x", "+1").text(),
        http_body().with("x", "1.").text(),
        http_body().with("x", ".5").text(),
        http_body().with("x", "1e").text(),
        http_body().with("x", "1e+").text(),
        http_body().with("x", "-").text(),
        http_body().with("x", "NaN").text(),
        http_body().with("x", "Infinity").text(),
        http_body().with("x", "0x10").text(),
        http_body().with("x", "[1,]").text(),
        http_body().with("x", R"("\x41")").text(),
        http_body().with("x", R"("\u12")").text(),
        http_body().with("x", R"("\u12g4")").text(),
        http_body().with("x", "\"a\nb\"").text(),
        http_body().with("x", "\"a\tb\"").text(),
        http_body().with("x", std::string("\"a\0b\"", 5)).text(),
    };
    for (const auto& text : bodies) BOOST_TEST_CONTEXT(text) BOOST_TEST(is_refused(text, errc::not_json));
}

BOOST_AUTO_TEST_CASE(a_long_exponent_does_not_let_what_is_not_json_pass) {
    for (const auto* x : {"1e99999999999x", "1e99999999999.5", "1e99999999999-5", "[1e99999999999", "1e99999999999 01",
                          "[1e99999999999,1.e99999999999]", "[1e99999999999,e99999999999]", "1e+-99999999999"})
        BOOST_TEST_CONTEXT(x) BOOST_TEST(is_refused(http_body().with("x", x), errc::not_json));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_utf8_is_refused) {
    const std::string_view bad[] = {
        "\xff",              // no lead byte
        "\x80",              // a continuation byte alone
        "\xc3",              // cut off
        "\xe2\x82",          // cut off
        "\xc0\xaf",          // overlong
        "\xe0\x80\xaf",      // overlong
        "\xed\xa0\x80",      // a surrogate
        "\xf4\x90\x80\x80",  // past U+10FFFF
        "caf\xe9",           // Latin-1
    };
    for (const auto bytes : bad)
        BOOST_TEST_CONTEXT(boost::json::value(bytes.size()) << " bytes from " << int(bytes.front())) {
            BOOST_TEST(is_refused(http_body().with("app_display_name", quoted(bytes)), errc::not_json));
            BOOST_TEST(is_refused(http_body().with("data", data_with("\"x\":" + quoted(bytes))), errc::not_json));
            BOOST_TEST(is_refused(http_body().with(bytes, "1"), errc::not_json));
        }
}

BOOST_AUTO_TEST_CASE(a_lone_surrogate_escape_is_not_json) {
    for (const auto* text : {R"(\ud800)", R"(\udc00)", R"(\ud83d x)", R"(\ud83d\u0041)", R"(\ud83d\ud83d)",
                             R"(\ude00\ud83d)", R"(a\uDBFF)", R"(\ud83d\n)"})
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(is_refused(http_body().with("lang", quoted(text)), errc::not_json));
            BOOST_TEST(is_refused(http_body().with("data", data_with("\"x\":" + quoted(text))), errc::not_json));
            BOOST_TEST(is_refused(http_body().with(text, "1"), errc::not_json));
        }
}

BOOST_AUTO_TEST_CASE(a_pair_of_surrogate_escapes_is_the_character) {
    const auto shown = shown_object(http_body().with("device_display_name", R"("\ud83d\ude00")").text());
    BOOST_TEST(shown.at("device_display_name").as_string().c_str() == "\U0001f600");
}

BOOST_AUTO_TEST_CASE(a_body_nested_32_deep_is_accepted) {
    BOOST_TEST(is_accepted(body_nested_outside_data(32)));
    BOOST_TEST(is_accepted(body_nested_inside_data(32)));
}

BOOST_AUTO_TEST_CASE(a_body_nested_33_deep_is_not_json) {
    BOOST_TEST(is_refused(body_nested_outside_data(33), errc::not_json));
    BOOST_TEST(is_refused(body_nested_inside_data(33), errc::not_json));
    BOOST_TEST(is_refused(repeated("[", 33) + repeated("]", 33), errc::not_json));
    BOOST_TEST(is_refused(repeated("[", 60000), errc::not_json));
    BOOST_TEST(is_refused(removal_body().with("x", repeated("[", 32) + repeated("]", 32)), errc::not_json));
}

BOOST_AUTO_TEST_CASE(json_that_is_no_object_is_bad_json) {
    for (const auto* text :
         {"[]", "null", "true", "1", "1e99999999999", R"("kind")", R"([{"kind":null}])", R"([{"a":1,"a":2}])", " [ ] "})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(is_refused(text, errc::bad_json));
    BOOST_TEST(is_refused(repeated("[", 32) + repeated("]", 32), errc::bad_json));
}

BOOST_AUTO_TEST_CASE(a_key_twice_at_the_top_is_bad_json) {
    for (const auto* key : {"kind", "app_id", "pushkey", "app_display_name", "device_display_name", "lang"})
        BOOST_TEST_CONTEXT(key) BOOST_TEST(is_refused(http_body().again(key, R"("x")"), errc::bad_json, key));
    BOOST_TEST(is_refused(http_body().again("data", good_data), errc::bad_json, "data"));
    BOOST_TEST(is_refused(http_body().again("append", "true").again("append", "true"), errc::bad_json, "append"));
    BOOST_TEST(is_refused(http_body().again("unheard_of", "1").again("unheard_of", "2"), errc::bad_json, "unheard_of"));
    BOOST_TEST(is_refused(http_body().again("", "1").again("", "2"), errc::bad_json));
    BOOST_TEST(is_refused(removal_body().again("kind", "null"), errc::bad_json, "kind"));
    BOOST_TEST(is_refused(removal_body().again("kind", R"("http")"), errc::bad_json, "kind"));
}

BOOST_AUTO_TEST_CASE(a_key_twice_at_the_top_is_bad_json_in_another_spelling_too) {
    BOOST_TEST(is_refused(http_body().again(R"(\u006bind)", "null"), errc::bad_json, "kind"));
    BOOST_TEST(is_refused(http_body().again(R"(k\u0069nd)", "null"), errc::bad_json, "kind"));
    BOOST_TEST(is_refused(http_body().again("a/b", "1").again(R"(a\/b)", "1"), errc::bad_json));
    BOOST_TEST(is_refused(http_body().again("\xc3\xa9", "1").again(R"(\u00E9)", "1"), errc::bad_json));
    BOOST_TEST(is_refused(http_body().again("\U0001f600", "1").again(R"(\ud83d\ude00)", "1"), errc::bad_json));
}

BOOST_AUTO_TEST_CASE(a_key_twice_in_data_itself_is_bad_json) {
    BOOST_TEST(is_refused(http_body().with("data", data_with(R"("a":1,"b":2,"a":1)")), errc::bad_json, "a"));
    BOOST_TEST(
        is_refused(http_body().with("data", data_with("\"url\":" + std::string(good_url))), errc::bad_json, "url"));
    BOOST_TEST(is_refused(http_body().with("data", data_with(R"("\u0075rl":1)")), errc::bad_json, "url"));
    BOOST_TEST(is_refused(email_body().with("data", R"({ "a" : {} , "a" : {} })"), errc::bad_json, "a"));
}

BOOST_AUTO_TEST_CASE(a_key_twice_deeper_than_data_itself_is_accepted_and_kept) {
    for (const auto* nested :
         {R"("default_payload":{"a":1,"a":2})", R"("x":[{"a":1,"a":2}])", R"("x":{"y":{"a":1,"\u0061":2}})"})
        BOOST_TEST_CONTEXT(nested)
    BOOST_TEST(shown_data(http_body().with("data", data_with(nested)).text()) == data_with(nested));
    BOOST_TEST(is_accepted(http_body().with("x", R"({"a":1,"a":2})")));
}

BOOST_AUTO_TEST_CASE(keys_that_are_almost_alike_are_two_keys) {
    BOOST_TEST(is_accepted(http_body().with("Kind", "1").with("kind ", "1").with("kin", "1").with("url", "1")));
    BOOST_TEST(is_accepted(http_body().with(R"(a\u0000b)", "1").with(R"(a\u0000c)", "1").with("a", "1")));
    BOOST_TEST(is_accepted(http_body().with(R"(\\u006bind)", "1")));
    BOOST_TEST(is_accepted(http_body().with("data", data_with(R"("kind":1,"data":{"url":1},"app_id":2)"))));
    BOOST_TEST(is_accepted(http_body().with("\xc3\xa9", "1").with("e\xcc\x81", "1")));
}

BOOST_AUTO_TEST_CASE(a_key_in_another_spelling_is_the_key) {
    const std::string text = http_body()
                                 .without("kind")
                                 .without("data")
                                 .with(R"(\u006bind)", R"("\u0068ttp")")
                                 .with(R"(d\u0061ta)", R"({"\u0075rl":"https:\/\/h\/_matrix\/push\/v1\/notify"})")
                                 .text();
    BOOST_TEST(parsed<upsert>(text).shown.find("\"http\"") != std::string::npos);
    BOOST_TEST(shown_data(text) == R"({"\u0075rl":"https:\/\/h\/_matrix\/push\/v1\/notify"})");
}

BOOST_AUTO_TEST_CASE(whitespace_around_the_tokens_of_the_body_is_accepted) {
    BOOST_TEST(is_accepted(" \t\r\n" + http_body().text() + "\n\n"));
    BOOST_TEST(is_accepted("{ \"kind\"\n:\tnull ,\r\n\"app_id\" : \"a\", \"pushkey\" :\"b\" }"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
