// USER is `@localpart:domain`, at most 255 bytes, the localpart any Unicode but `:` and NUL, empty included; a device
// id has 1 to 255 bytes.

#include "domain/user_id.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace pusherd::domain {
namespace {

using namespace std::string_view_literals;

}  // namespace

BOOST_AUTO_TEST_SUITE(user_id)

BOOST_AUTO_TEST_CASE(a_user_id_is_a_localpart_and_a_server_name) {
    for (const auto id :
         {"@demo:localhost"sv, "@alice:example.org"sv, "@alice:example.org:8448"sv, "@a:192.0.2.1"sv,
          "@a:192.0.2.1:80"sv, "@a:[2001:db8::1]"sv, "@a:[::1]:8448"sv, "@_irc_#x=2f:h"sv, "@a.b-c=/+d:h"sv})
        BOOST_TEST_CONTEXT(id) BOOST_TEST(is_user_id(id));
}

BOOST_AUTO_TEST_CASE(a_historical_user_id_is_a_user_id) {
    for (const auto id : {"@:h"sv, "@Alice:h"sv, "@a b:h"sv, "@@:h"sv, "@@a@b:h"sv, "@\xc3\xa9:h"sv,
                          "@\xf0\x9f\x98\x80:h"sv, "@!\"$%&()*:h"sv, "@\x7f:h"sv, "@a\tb:h"sv})
        BOOST_TEST_CONTEXT(id) BOOST_TEST(is_user_id(id));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_user_id) {
    for (const auto id : {""sv,       "@"sv,        ":"sv,        "@:"sv,          "alice"sv,           "alice:h"sv,
                          "@alice"sv, "@alice:"sv,  "!alice:h"sv, " @alice:h"sv,   "@alice:h "sv,       "@a\0b:h"sv,
                          "@a:h\0"sv, "@a:h\n"sv,   "@\xff:h"sv,  "@caf\xe9:h"sv,  "@\xed\xa0\x80:h"sv, "@a:h:"sv,
                          "@a:h:x"sv, "@a:b:c:d"sv, "@a::80"sv,   "@a:\xc3\xa9"sv, "@a:h/x"sv,          "@a:b@c"sv})
        BOOST_TEST_CONTEXT("'" << id << "'") BOOST_TEST(!is_user_id(id));
}

BOOST_AUTO_TEST_CASE(a_user_id_has_at_most_255_bytes) {
    BOOST_TEST(is_user_id('@' + std::string(252, 'a') + ":h"));
    BOOST_TEST(!is_user_id('@' + std::string(253, 'a') + ":h"));
    std::string accents = "@";
    for (int i = 0; i < 126; ++i) accents += "\xc3\xa9";
    BOOST_TEST(is_user_id(accents + ":h"));
    BOOST_TEST(!is_user_id(accents + "\xc3\xa9:h"));
    BOOST_TEST(is_user_id("@a:" + std::string(252, 'h')));
    BOOST_TEST(!is_user_id("@a:" + std::string(253, 'h')));
}

BOOST_AUTO_TEST_CASE(a_server_name_is_a_dns_name_or_an_address_with_or_without_a_port) {
    for (const auto name :
         {"h"sv, "localhost"sv, "matrix.org"sv, "Matrix.ORG"sv, "a-b.example"sv, "1.2.3.4"sv, "h:1"sv, "h:8448"sv,
          "h:65535"sv, "1.2.3.4:1234"sv, "[::]"sv, "[::1]"sv, "[1234:5678::ABCD]:5678"sv, "[::ffff:1.2.3.4]"sv})
        BOOST_TEST_CONTEXT(name) BOOST_TEST(is_server_name(name));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_server_name) {
    for (const auto name : {""sv,       ":"sv,       ":80"sv,      "h:"sv,      "h:x"sv,
                            "h:8 0"sv,  "h:-1"sv,    "h:123456"sv, "h:1:2"sv,   "::1"sv,
                            "[]"sv,     "[:]"sv,     "[::1"sv,     "::1]"sv,    "[::1]x"sv,
                            "[::1]:"sv, "[::1]:x"sv, "[h]"sv,      "[::1]80"sv, "a b"sv,
                            "a/b"sv,    "a@b"sv,     "a%20b"sv,    "h\0"sv,     "\xc3\xa9.example"sv,
                            "h\n"sv})
        BOOST_TEST_CONTEXT("'" << name << "'") BOOST_TEST(!is_server_name(name));
}

BOOST_AUTO_TEST_CASE(the_server_of_a_user_id_follows_its_first_colon) {
    const std::pair<std::string_view, std::string_view> ids[] = {
        {"@demo:localhost", "localhost"}, {"@:h", "h"},     {"@a:h:8448", "h:8448"},
        {"@a:[::1]:80", "[::1]:80"},      {"@@a@b:c", "c"},
    };
    for (const auto& [id, server] : ids) BOOST_TEST_CONTEXT(id) BOOST_TEST(server_of(id) == server);
}

BOOST_AUTO_TEST_CASE(a_device_id_has_1_to_255_bytes) {
    BOOST_TEST(!is_device_id(""));
    BOOST_TEST(is_device_id("A"));
    BOOST_TEST(is_device_id(std::string(255, 'A')));
    BOOST_TEST(!is_device_id(std::string(256, 'A')));
    BOOST_TEST(!is_device_id("\xc3\xa9" + std::string(254, 'A')));
}

BOOST_AUTO_TEST_CASE(a_device_id_is_utf8_without_nul) {
    for (const auto id : {"GHTYAJCE"sv, "a b"sv, "\xc3\xa9"sv, "a:b/c"sv, "@a:h"sv})
        BOOST_TEST_CONTEXT(id) BOOST_TEST(is_device_id(id));
    for (const auto id : {"\0"sv, "a\0b"sv, "\xff"sv, "a\xc3"sv})
        BOOST_TEST_CONTEXT("'" << id << "'") BOOST_TEST(!is_device_id(id));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
