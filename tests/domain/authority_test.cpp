// What may stand in a Host field, and before the path of an absolute-form target.

#include "domain/authority.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace pusherd::domain {

using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(authorities)

BOOST_AUTO_TEST_CASE(a_host_and_perhaps_a_port_are_one) {
    for (const auto text : {"x"sv, "example.org"sv, "example.org:8008"sv, "example.org:"sv, "127.0.0.1:80"sv, "[::1]"sv,
                            "[::1]:8008"sv, "[v1.a:b]"sv, "my_server"sv, "a%20b"sv, "%7E"sv, "a-b.c~d!$&'()*+,;="sv}) {
        BOOST_TEST_CONTEXT(text) {
            const auto read = read_authority(text);
            BOOST_TEST_REQUIRE(read.has_value());
            BOOST_TEST(!read->host.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_parts_are_told) {
    BOOST_TEST(read_authority("example.org:8008")->host == "example.org");
    BOOST_TEST(read_authority("example.org:8008")->port == "8008");
    BOOST_TEST(read_authority("[::1]:80")->host == "[::1]");
    BOOST_TEST(read_authority("[::1]:80")->port == "80");
    BOOST_TEST(read_authority("[::1]")->port == "");
    BOOST_TEST(read_authority("1.11.1.1.:8448")->port == "8448");
}

BOOST_AUTO_TEST_CASE(an_empty_host_is_one_that_names_nobody) {
    for (const auto text : {""sv, ":"sv, ":80"sv}) {
        BOOST_TEST_CONTEXT(text) {
            const auto read = read_authority(text);
            BOOST_TEST_REQUIRE(read.has_value());
            BOOST_TEST(read->host.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(anything_else_is_none) {
    for (const auto text :
         {"a b"sv,     "a/b"sv,   "a?b"sv,   "a#b"sv,   "user@a"sv, "user:word@a"sv, "a:b"sv,      "a:80:80"sv,
          "a:-1"sv,    "a:8 0"sv, "::1"sv,   "[::1"sv,  "::1]"sv,   "[]"sv,          "[]:80"sv,    "[::1]x"sv,
          "[::1]80"sv, "[a/b]"sv, "[[a]]"sv, "[a b]"sv, "a%"sv,     "a%2"sv,         "a%zz"sv,     "a\\b"sv,
          "<a>"sv,     "\"a\""sv, "a|b"sv,   "{a}"sv,   "a\tb"sv,   "a\0b"sv,        "\xc3\xa4"sv, "a\x7f"sv}) {
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!read_authority(text));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
