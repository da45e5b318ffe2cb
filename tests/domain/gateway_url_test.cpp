#include "domain/gateway_url.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::domain {
namespace {

using namespace std::string_view_literals;

// With a host in front, a gateway URL; the tables below differ from it in the one thing they are about.
constexpr std::string_view path = "/_matrix/push/v1/notify";

boost::test_tools::predicate_result passes(std::string_view url, bool allow_insecure = false) {
    const auto verdict = check_gateway_url(url, allow_insecure);
    boost::test_tools::predicate_result answer(verdict.has_value());
    if (!verdict) answer.message() << verdict.error().message;
    return answer;
}

boost::test_tools::predicate_result is_refused(std::string_view url, bool allow_insecure = false) {
    const auto verdict = check_gateway_url(url, allow_insecure);
    boost::test_tools::predicate_result answer(!verdict && verdict.error().code == errc::invalid_param &&
                                               verdict.error().message.find("data.url") != std::string::npos);
    if (!answer) answer.message() << (verdict ? "accepted" : verdict.error().message);
    return answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_url)

BOOST_AUTO_TEST_CASE(an_https_url_with_a_host_and_the_path_is_accepted) {
    for (const auto url : {
             "https://push.example.org/_matrix/push/v1/notify"sv,
             "https://push-gateway.location.here/_matrix/push/v1/notify"sv,
             "https://localhost/_matrix/push/v1/notify"sv,
             "https://a/_matrix/push/v1/notify"sv,
             "https://PUSH.Example.ORG/_matrix/push/v1/notify"sv,
             "https://push.example.org./_matrix/push/v1/notify"sv,
             "https://push_1.example.org/_matrix/push/v1/notify"sv,
             "https://xn--bcher-kva.example/_matrix/push/v1/notify"sv,
             "https://192.0.2.1/_matrix/push/v1/notify"sv,
             "https://192.0.2.1:8443/_matrix/push/v1/notify"sv,
             "https://192.0.2.1.:8443/_matrix/push/v1/notify"sv,
             "https://[2001:db8::1]/_matrix/push/v1/notify"sv,
             "https://[::1]:8443/_matrix/push/v1/notify"sv,
             "https://[::ffff:192.0.2.1]/_matrix/push/v1/notify"sv,
         })
        BOOST_TEST_CONTEXT(url) BOOST_TEST(passes(url));
}

BOOST_AUTO_TEST_CASE(the_scheme_may_be_in_any_case) {
    for (const auto scheme : {"HTTPS"sv, "Https"sv, "hTTpS"sv})
        BOOST_TEST_CONTEXT(scheme) BOOST_TEST(passes(std::string(scheme) + "://h" + std::string(path)));
}

BOOST_AUTO_TEST_CASE(a_port_of_1_to_65535_or_none_is_accepted) {
    for (const auto port :
         {""sv, ":"sv, ":1"sv, ":80"sv, ":443"sv, ":8448"sv, ":65534"sv, ":65535"sv, ":00443"sv, ":0000065535"sv})
        BOOST_TEST_CONTEXT(port) {
            BOOST_TEST(passes("https://h" + std::string(port) + std::string(path)));
            BOOST_TEST(passes("https://[::1]" + std::string(port) + std::string(path)));
        }
}

BOOST_AUTO_TEST_CASE(any_other_port_is_refused) {
    for (const auto port : {":0"sv,      ":00"sv,     ":65536"sv,  ":65537"sv,      ":0065536"sv,
                            ":65540"sv,  ":70000"sv,  ":72817"sv,  ":99999"sv,      ":131071"sv,
                            ":196607"sv, ":100000"sv, ":131072"sv, ":4295032832"sv, ":18446744073709551617"sv,
                            ":-1"sv,     ":+1"sv,     ":a"sv,      ":80a"sv,        ":0x50"sv,
                            ":80:80"sv,  "::"sv,      ":8.0"sv,    ":%38"sv})
        BOOST_TEST_CONTEXT(port) BOOST_TEST(is_refused("https://h" + std::string(port) + std::string(path)));
}

BOOST_AUTO_TEST_CASE(any_query_is_accepted) {
    for (const auto query : {"?"sv, "?a"sv, "?a=b&c=d"sv, "?a=%20"sv, "?a=%zz"sv, "?%"sv, "?a[]=1"sv, "?{\"a\":|}"sv,
                             "??"sv, "?a=https://u:p@h:0/x"sv, "?/../"sv, "?a\\b^`"sv})
        BOOST_TEST_CONTEXT(query) BOOST_TEST(passes("https://h" + std::string(path) + std::string(query)));
}

BOOST_AUTO_TEST_CASE(any_other_path_is_refused) {
    for (const auto other : {
             ""sv,
             "/"sv,
             "?/_matrix/push/v1/notify"sv,
             "/_matrix/push/v1/notify/"sv,
             "//_matrix/push/v1/notify"sv,
             "/_matrix//push/v1/notify"sv,
             "/_matrix/push/v1"sv,
             "/_matrix/push/v1/notif"sv,
             "/_matrix/push/v1/notifyx"sv,
             "/_matrix/push/v2/notify"sv,
             "/_matrix/push/r0/notify"sv,
             "/_Matrix/push/v1/notify"sv,
             "/_matrix/push/v1/NOTIFY"sv,
             "/x/_matrix/push/v1/notify"sv,
             "/./_matrix/push/v1/notify"sv,
             "/x/../_matrix/push/v1/notify"sv,
             "/_matrix/push/v1/notify/."sv,
             "/_matrix/push/v1/x/../notify"sv,
             "/_matrix/push/v1/notify;a=b"sv,
             "/_matrix/push/v1/notify&a=b"sv,
         })
        BOOST_TEST_CONTEXT(other) BOOST_TEST(is_refused("https://h" + std::string(other)));
}

BOOST_AUTO_TEST_CASE(the_path_is_compared_undecoded) {
    for (const auto other :
         {"/%5fmatrix/push/v1/notify"sv, "/_matrix/push/v1/notif%79"sv, "/_matrix%2fpush/v1/notify"sv,
          "/_matrix/push/v1/notify%3fa"sv, "/_matrix/push/v1/notify%00"sv, "/_matrix/push/v1/notify%20"sv})
        BOOST_TEST_CONTEXT(other) BOOST_TEST(is_refused("https://h" + std::string(other)));
}

BOOST_AUTO_TEST_CASE(what_is_no_absolute_url_is_refused) {
    for (const auto url : {
             ""sv,
             "/"sv,
             "h"sv,
             "/_matrix/push/v1/notify"sv,
             "//h/_matrix/push/v1/notify"sv,
             "h/_matrix/push/v1/notify"sv,
             "://h/_matrix/push/v1/notify"sv,
             "https"sv,
             "https:"sv,
             "https:|"sv,  // ends Boost.URL 1.81 by an assertion
             "https:/|"sv,
             "https://h:|"sv,
             "https://h:h/_matrix/push/v1/notify"sv,
             "https:h/_matrix/push/v1/notify"sv,
             "https:/h/_matrix/push/v1/notify"sv,
             "https/h/_matrix/push/v1/notify"sv,
             "https//h/_matrix/push/v1/notify"sv,
             "h:443/_matrix/push/v1/notify"sv,
             "1https://h/_matrix/push/v1/notify"sv,
             "url=https://h/_matrix/push/v1/notify"sv,
             "https://h\\_matrix\\push\\v1\\notify"sv,
             "https:\\\\h/_matrix/push/v1/notify"sv,
             "\"https://h/_matrix/push/v1/notify\""sv,
             "<https://h/_matrix/push/v1/notify>"sv,
         })
        BOOST_TEST_CONTEXT(url) BOOST_TEST(is_refused(url));
}

BOOST_AUTO_TEST_CASE(another_scheme_is_refused) {
    for (const auto scheme :
         {"ftp"sv, "ws"sv, "wss"sv, "httpss"sv, "htt"sv, "https+x"sv, "file"sv, "javascript"sv, "mailto"sv})
        BOOST_TEST_CONTEXT(scheme) {
            BOOST_TEST(is_refused(std::string(scheme) + "://h" + std::string(path)));
            BOOST_TEST(is_refused(std::string(scheme) + "://h" + std::string(path), true));
        }
}

BOOST_AUTO_TEST_CASE(a_url_without_a_host_is_refused) {
    for (const auto url :
         {"https:/_matrix/push/v1/notify"sv, "https:///_matrix/push/v1/notify"sv,
          "https://:443/_matrix/push/v1/notify"sv, "https://:/_matrix/push/v1/notify"sv,
          "https://?/_matrix/push/v1/notify"sv, "https:_matrix/push/v1/notify"sv, "https:h/_matrix/push/v1/notify"sv,
          "https:////_matrix/push/v1/notify"sv, "https://[]/_matrix/push/v1/notify"sv})
        BOOST_TEST_CONTEXT(url) BOOST_TEST(is_refused(url));
}

BOOST_AUTO_TEST_CASE(a_host_that_rfc_3986_does_not_know_is_refused) {
    for (const auto host : {"[::1"sv, "::1"sv, "[::1]x"sv, "[:::1]"sv, "[12345::1]"sv, "[h]"sv, "a[b"sv, "a|b"sv,
                            "a<b"sv, "a\"b"sv, "a\\b"sv, "h\\@evil"sv, "a^b"sv, "a{b}"sv, "%zz"sv, "a%"sv})
        BOOST_TEST_CONTEXT(host) BOOST_TEST(is_refused("https://" + std::string(host) + std::string(path)));
}

BOOST_AUTO_TEST_CASE(user_info_is_refused) {
    for (const auto user_info : {"u@"sv, "u:p@"sv, ":p@"sv, ":@"sv, "@"sv, "u%40x@"sv, "push.example.org:443@"sv})
        BOOST_TEST_CONTEXT(user_info)
    BOOST_TEST(is_refused("https://" + std::string(user_info) + "h" + std::string(path)));
}

BOOST_AUTO_TEST_CASE(a_fragment_is_refused) {
    for (const auto fragment : {"#"sv, "#a"sv, "?a#b"sv, "?#"sv})
        BOOST_TEST_CONTEXT(fragment) BOOST_TEST(is_refused("https://h" + std::string(path) + std::string(fragment)));
    BOOST_TEST(is_refused("https://h#/_matrix/push/v1/notify"));
}

BOOST_AUTO_TEST_CASE(a_space_a_control_or_a_non_ascii_character_is_refused) {
    for (const auto bad : {" "sv, "\t"sv, "\n"sv, "\r"sv, "\0"sv, "\x01"sv, "\x1f"sv, "\x7f"sv, "\xc3\xa9"sv,
                           "\xc2\xa0"sv, "\xff"sv, "\xf0\x9f\x98\x80"sv})
        BOOST_TEST_CONTEXT("from byte " << int(static_cast<unsigned char>(bad.front()))) {
            const std::string character(bad);
            const std::string rest(path);
            BOOST_TEST(is_refused(character + "https://h" + rest));
            BOOST_TEST(is_refused("https://h" + character + rest));
            BOOST_TEST(is_refused("https://h" + rest + character));
            BOOST_TEST(is_refused("https://h" + rest + "?" + character));
        }
}

BOOST_AUTO_TEST_CASE(http_is_refused_with_a_text_that_names_the_option) {
    for (const auto url : {"http://h/_matrix/push/v1/notify"sv, "HTTP://h:80/_matrix/push/v1/notify"sv, "http://h/"sv})
        BOOST_TEST_CONTEXT(url) {
            const auto verdict = check_gateway_url(url, false);
            BOOST_REQUIRE(!verdict);
            BOOST_CHECK(verdict.error().code == errc::invalid_param);
            BOOST_TEST(verdict.error().message.find("--allow-insecure-gateways") != std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(a_text_about_anything_else_does_not_name_the_option) {
    for (const auto url :
         {"ftp://h/_matrix/push/v1/notify"sv, "https://h/"sv, "https://u@h/_matrix/push/v1/notify"sv, ""sv})
        BOOST_TEST_CONTEXT(url) {
            const auto verdict = check_gateway_url(url, false);
            BOOST_REQUIRE(!verdict);
            BOOST_TEST(verdict.error().message.find("--allow-insecure-gateways") == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(http_is_accepted_where_the_operator_allows_it_and_nothing_else_is_relaxed) {
    for (const auto url : {"http://h/_matrix/push/v1/notify"sv, "HTTP://h:8080/_matrix/push/v1/notify?a"sv,
                           "http://[::1]/_matrix/push/v1/notify"sv, "https://h/_matrix/push/v1/notify"sv})
        BOOST_TEST_CONTEXT(url) BOOST_TEST(passes(url, true));
    for (const auto url : {"http://h/"sv, "http:///_matrix/push/v1/notify"sv, "http://u@h/_matrix/push/v1/notify"sv,
                           "http://h:0/_matrix/push/v1/notify"sv, "http://h/_matrix/push/v1/notify#"sv,
                           "http://h /_matrix/push/v1/notify"sv, "http:/_matrix/push/v1/notify"sv})
        BOOST_TEST_CONTEXT(url) BOOST_TEST(is_refused(url, true));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
