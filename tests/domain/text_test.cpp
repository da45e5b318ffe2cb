#include "domain/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace pusherd::domain {
namespace {

using namespace std::string_view_literals;

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 0xf];
        out += ' ';
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(well_formed_utf8_is_utf8) {
    for (const auto bytes : {
             ""sv,
             "a"sv,
             "\0"sv,
             "\x7f"sv,
             "\xc2\x80"sv,
             "\xdf\xbf"sv,  // U+0080, U+07FF
             "\xe0\xa0\x80"sv,
             "\xed\x9f\xbf"sv,  // U+0800, U+D7FF
             "\xee\x80\x80"sv,
             "\xef\xbf\xbf"sv,  // U+E000, U+FFFF
             "\xf0\x90\x80\x80"sv,
             "\xf4\x8f\xbf\xbf"sv,  // U+10000, U+10FFFF
             "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"sv,
         })
        BOOST_TEST_CONTEXT(hex(bytes)) BOOST_TEST(is_utf8(bytes));
}

BOOST_AUTO_TEST_CASE(anything_else_is_not_utf8) {
    for (const auto bytes : {
             "\x80"sv,
             "\xbf"sv,
             "a\x80"sv,
             "\xc3\xa9\xa9"sv,  // a continuation byte alone
             "\xc2"sv,
             "\xe2\x82"sv,
             "\xf0\x9f\x98"sv,
             "\xc3"sv,
             "\xe2"sv,
             "\xf0"sv,  // cut off at the end
             "\xc3z"sv,
             "\xe2\x82z"sv,
             "\xe2z\xac"sv,
             "\xf0\x9f\x98z"sv,
             "\xf0\x9fz\x80"sv,
             "\xf0z\x98\x80"sv,
             "\xc0\x80"sv,
             "\xc0\xaf"sv,
             "\xc1\xbf"sv,  // overlong
             "\xe0\x80\x80"sv,
             "\xe0\x9f\xbf"sv,
             "\xf0\x80\x80\x80"sv,
             "\xf0\x8f\xbf\xbf"sv,
             "\xed\xa0\x80"sv,
             "\xed\xbf\xbf"sv,
             "\xed\xa0\xbd\xed\xb8\x80"sv,  // surrogates
             "\xf4\x90\x80\x80"sv,
             "\xf5\x80\x80\x80"sv,
             "\xf7\xbf\xbf\xbf"sv,  // past U+10FFFF
             "\xf8\x88\x80\x80\x80"sv,
             "\xfe"sv,
             "\xff"sv,
             "a\xff z"sv,
             "\xe9t\xe9"sv,
         })
        BOOST_TEST_CONTEXT(hex(bytes)) BOOST_TEST(!is_utf8(bytes));
}

BOOST_AUTO_TEST_CASE(characters_are_code_points) {
    const std::pair<std::string_view, std::size_t> texts[] = {
        {"", 0},
        {"abc", 3},
        {"a\0b"sv, 3},
        {"\xc3\xa9", 1},
        {"e\xcc\x81", 2},
        {"\xe2\x82\xac\xe2\x82\xac", 2},
        {"\xf0\x9f\x98\x80", 1},
        {"\xf4\x8f\xbf\xbfz\xc2\x80", 3},
    };
    for (const auto& [bytes, count] : texts)
        BOOST_TEST_CONTEXT(hex(bytes)) BOOST_TEST(count_characters(bytes) == count);
}

BOOST_AUTO_TEST_CASE(a_control_character_is_c0_or_del) {
    for (int c = 0; c < 0x80; ++c) {
        const std::string bytes = std::string("a") + static_cast<char>(c) + "b";
        BOOST_TEST_CONTEXT(c) BOOST_TEST(has_control_character(bytes) == (c < 0x20 || c == 0x7f));
    }
    for (const auto bytes : {""sv, " "sv, "alice@example.org"sv, "\xc3\xa9"sv, "\xf0\x9f\x98\x80"sv})
        BOOST_TEST_CONTEXT(hex(bytes)) BOOST_TEST(!has_control_character(bytes));
    for (const auto bytes : {"\n"sv, "\0"sv, "a\x7f"sv, "\x1b[0m"sv})
        BOOST_TEST_CONTEXT(hex(bytes)) BOOST_TEST(has_control_character(bytes));
}

BOOST_AUTO_TEST_CASE(what_is_counted_is_one_or_several) {
    BOOST_TEST(counted(0, "token") == "0 tokens");
    BOOST_TEST(counted(1, "token") == "1 token");
    BOOST_TEST(counted(2, "open connection") == "2 open connections");
}

BOOST_AUTO_TEST_CASE(control_characters_and_what_is_not_utf8_are_escaped) {
    const std::pair<std::string_view, std::string_view> texts[] = {
        {"", ""},
        {"a b~", "a b~"},
        {"a\nb", R"(a\x0ab)"},
        {"\r\n", R"(\x0d\x0a)"},
        {"\0"sv, R"(\x00)"},
        {"\t", R"(\x09)"},
        {"\x1b[31m", R"(\x1b[31m)"},
        {"\x7f", R"(\x7f)"},
        {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"caf\xe9", R"(caf\xe9)"},
        {"\xff\xfe", R"(\xff\xfe)"},
        {"\xe2\x82z", R"(\xe2\x82z)"},
        {"\xc0\xaf", R"(\xc0\xaf)"},
        {"\xed\xa0\x80", R"(\xed\xa0\x80)"},
        {"\xc2\x9b"
         "31m",
         R"(\xc2\x9b31m)"},           // U+009B is CSI to a terminal
        {"\xc2\x85", R"(\xc2\x85)"},  // U+0085 is NEL
        {"\xc2\xa0", "\xc2\xa0"},
    };
    for (const auto& [bytes, escaped] : texts)
        BOOST_TEST_CONTEXT(hex(bytes)) BOOST_TEST(escape_control_characters(bytes) == escaped);
}

BOOST_AUTO_TEST_CASE(what_was_escaped_is_utf8_without_control_characters_whatever_it_was) {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
            const std::string escaped = escape_control_characters(bytes);
            if (is_utf8(escaped) && !has_control_character(escaped)) continue;
            BOOST_ERROR(hex(bytes) << "became " << hex(escaped));
        }
}

BOOST_AUTO_TEST_CASE(control_characters_and_spaces_beyond_ascii_are_found) {
    for (const auto text : {"a b"sv, "a\tb"sv, "\xc2\x80"sv, "a\xc2\x9f"sv, "\xc2\xa0"sv, "\xc3\xa4\xc2\x85"sv,
                            "a\u2003b"sv, "\u3000"sv, "\u1680"sv, "\u202f"sv, "\u2029"sv})
        BOOST_TEST(has_control_character_or_space(text));
    for (const auto text : {""sv, "a@b"sv, "\xc2\xa1"sv, "\xc3\x82"sv, "\xe2\x82\xac"sv, "\xc3\xa4@\xc2\xb5"sv})
        BOOST_TEST(!has_control_character_or_space(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
