// What is JSON and what is not: the same as for who builds its values.

#include "domain/json_grammar.hpp"

#include "domain/json_body.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::domain {
namespace {

void check_same(const std::string& text) {
    const auto built = parse_json_body(text, {});
    const auto read = parse_json_members(text);
    BOOST_TEST_REQUIRE(built.has_value() == read.has_value(), text);
    if (built) {
        BOOST_TEST(built->members.size() == read->size(), text);
    } else {
        BOOST_TEST((built.error().code == read.error().code), text);
        BOOST_TEST(built.error().message == read.error().message, text);
    }
}

std::string nested(std::size_t levels) {
    return R"({"a":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + '}';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_grammar)

BOOST_AUTO_TEST_CASE(json_is_taken) {
    for (const char* text : {"{}", " \t\r\n{ } ", "[]", "null", "1", R"("x")", R"({"a":[1,-0.5e3,true,false,null,{}]})",
                             "1e99999999999", "12345678901234567890123", R"(["\ud83d\ude00"])"})
        BOOST_TEST(check_json(text).has_value(), text);
    BOOST_TEST(check_json(nested(32)).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_none_is_refused) {
    for (const char* text : {"", " ", "{", "{}{}", "{} x", "{a:1}", "[1,]", "01", "'x'", "nul", R"(["\ud83d"])",
                             "[\"\xff\"]", "[\"\x01\"]", "// x\n{}", "NaN"})
        BOOST_TEST((check_json(text).error().code == errc::not_json), text);
    BOOST_TEST((check_json(nested(33)).error().code == errc::not_json));
    BOOST_TEST(!check_json(std::string("{}\0", 3)).has_value());
}

BOOST_AUTO_TEST_CASE(it_is_the_same_as_where_values_are_built) {
    for (const char* text :
         {"", "{}", " {\"a\":1,\"b\":{}} ", "[]", "\n7", R"({"a":1,"\u0061":2})", "{", R"({"a":"\ud800"})", "{} {}",
          R"({"a":1e99999999999})", R"({"a":1e99999999999}x)", R"({"a":.5})"})
        check_same(text);
    for (const std::size_t levels : {31U, 32U, 33U}) check_same(nested(levels));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
