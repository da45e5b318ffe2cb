#include "domain/json_source.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pusherd::domain::json_source {
namespace {

using namespace std::string_view_literals;

// Each member as `key=value`, a line each.
std::string lines(std::string_view object) {
    std::string out;
    for (const member& each : members_of(object)) out += each.key() + '=' + std::string(each.value) + '\n';
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_source_text)

BOOST_AUTO_TEST_CASE(an_empty_object_has_no_members) {
    for (const auto object : {"{}"sv, "{ }"sv, " {\n\t\r } "sv})
        BOOST_TEST_CONTEXT(object) BOOST_TEST(members_of(object).empty());
}

BOOST_AUTO_TEST_CASE(members_come_in_their_order_those_of_equal_keys_included) {
    BOOST_TEST(lines(R"({"b":1,"a":2,"b":3})") == "b=1\na=2\nb=3\n");
}

BOOST_AUTO_TEST_CASE(the_value_of_a_member_is_its_source) {
    for (const auto value : {"0"sv,
                             "-0.10"sv,
                             "12345678901234567890123"sv,
                             "1e400"sv,
                             "1E+99999999999"sv,
                             "true"sv,
                             "false"sv,
                             "null"sv,
                             R"("")"sv,
                             R"("a")"sv,
                             R"("\"")"sv,
                             R"("\\")"sv,
                             R"("\\\"")"sv,
                             R"("},{[]:")"sv,
                             R"("\u00e9\/")"sv,
                             "{}"sv,
                             "[]"sv,
                             "[[],{}]"sv,
                             R"({"a":{"b":[1,"]}"]},"c":2})"sv,
                             R"([ 1 , { "x" : [ ] } ])"sv,
                             R"({ "a" : "\\" , "b":"}" })"sv})
        BOOST_TEST_CONTEXT(value) {
            const std::string text(value);
            BOOST_TEST(lines("{\"k\":" + text + "}") == "k=" + text + "\n");
            BOOST_TEST(lines("{\"k\":" + text + ",\"l\":" + text + "}") == "k=" + text + "\nl=" + text + "\n");
            BOOST_TEST(lines(" {\n\"k\" :\t" + text + " ,\r\n \"l\": " + text + " } ") ==
                       "k=" + text + "\nl=" + text + "\n");
        }
}

BOOST_AUTO_TEST_CASE(the_value_of_a_member_is_a_view_into_the_source) {
    const std::string_view source = R"({"a":1,"b":[2]})";
    const auto members = members_of(source);
    BOOST_REQUIRE(members.size() == 2U);
    BOOST_CHECK(members[0].value.data() == source.data() + 5);
    BOOST_CHECK(members[1].value.data() == source.data() + 11);
}

BOOST_AUTO_TEST_CASE(the_key_of_a_member_is_unescaped) {
    const std::pair<std::string_view, std::string_view> keys[] = {
        {"", ""},
        {"kind", "kind"},
        {R"(\u006bind)", "kind"},
        {R"(a\"b)", "a\"b"},
        {R"(a\\)", "a\\"},
        {R"(\\u006bind)", "\\u006bind"},
        {R"(\/\b\f\n\r\t)", "/\b\f\n\r\t"},
        {R"(\u00e9)", "\xc3\xa9"},
        {"\xc3\xa9", "\xc3\xa9"},
        {R"(\ud83d\ude00)", "\xf0\x9f\x98\x80"},
        {R"(a\u0000b)", "a\0b"sv},
        {"},:{", "},:{"},
    };
    for (const auto& [source, key] : keys) BOOST_TEST_CONTEXT(source) {
            const std::string object = "{\"" + std::string(source) + "\" : 1}";
            const auto members = members_of(object);
            BOOST_REQUIRE(members.size() == 1U);
            BOOST_TEST(members[0].key() == key);
        }
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_found) {
    const std::pair<std::string_view, std::string_view> objects[] = {
        {R"({"a":1,"a":1})", "a"},
        {R"({"a":1,"b":2,"c":3,"b":4})", "b"},
        {R"({"kind":1,"\u006bind":2})", "kind"},
        {R"({"":1,"x":2,"":3})", ""},
        {R"({"z":1,"y":1,"z":1,"x":1,"z":1})", "z"},
    };
    for (const auto& [object, key] : objects) BOOST_TEST_CONTEXT(object) {
            const auto members = members_of(object);
            const auto found = repeated_key(members);
            BOOST_REQUIRE(found.has_value());
            BOOST_TEST(*found == key);
        }
}

BOOST_AUTO_TEST_CASE(keys_that_stand_once_are_not_found_twice) {
    for (const auto object :
         {"{}"sv, R"({"a":1})"sv, R"({"a":1,"b":1,"A":1,"":1,"a ":1})"sv, R"({"a":{"a":1},"b":[{"a":1}]})"sv,
          R"({"a\u0000b":1,"a\u0000c":1,"a":1})"sv, R"({"x":"a","y":"a"})"sv})
        BOOST_TEST_CONTEXT(object) BOOST_TEST(!repeated_key(members_of(object)).has_value());
}

BOOST_AUTO_TEST_CASE(compact_text_has_no_whitespace_outside_strings) {
    const std::pair<std::string_view, std::string_view> texts[] = {
        {"", ""},
        {" \t\r\n", ""},
        {"{ }", "{}"},
        {"\n[ 1 ,\t2.0 ,\r\n-3e5 ]\n", "[1,2.0,-3e5]"},
        {R"({ "a" : true , "b" : [ null , { } ] })", R"({"a":true,"b":[null,{}]})"},
        {R"( " a  b " )", R"(" a  b ")"},
        {R"([ "\" " , "\\" , " \\\" " ])", R"(["\" ","\\"," \\\" "])"},
        {R"({"n":0.10,"s":"\u00e9\/"})", R"({"n":0.10,"s":"\u00e9\/"})"},
        {"[ \"\xc2\xa0 \xe3\x80\x80\" ]", "[\"\xc2\xa0 \xe3\x80\x80\"]"},
    };
    for (const auto& [text, expected] : texts) BOOST_TEST_CONTEXT(text) BOOST_TEST(compact(text) == expected);
}

BOOST_AUTO_TEST_CASE(an_exponent_of_more_than_three_digits_is_cut_short) {
    const std::pair<std::string_view, std::string_view> texts[] = {
        {"1e1234", "1e123"},
        {"1E99999999999", "1E999"},
        {"-0.50e+99999999999", "-0.50e+999"},
        {"[1e-12345,2e12345]", "[1e-123,2e123]"},
        {R"({"a":1e99999999999,"b":2})", R"({"a":1e999,"b":2})"},
        {"1e99999999999 ", "1e999 "},
    };
    for (const auto& [text, expected] : texts)
        BOOST_TEST_CONTEXT(text) BOOST_TEST(with_short_exponents(text) == expected);
}

BOOST_AUTO_TEST_CASE(what_is_no_long_exponent_stays) {
    for (const auto text :
         {""sv, "1"sv, "1e5"sv, "1e+999"sv, "1E-10"sv, "123456789"sv, "0.123456789"sv, "true"sv, "[false,1234567]"sv,
          R"("1e99999999999")"sv, R"("\"1e99999999999")"sv, R"({"1e99999999999":"-2E+12345678"})"sv,
          R"(["\\",1e5,"\\\"3e99999"])"sv, R"({"e1234":12345,"E":[12345]})"sv})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(with_short_exponents(text) == text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain::json_source
