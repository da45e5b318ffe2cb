// Where a request's access token may stand, and what makes it none.

#include "net/api/access_token.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace pusherd::net {
namespace {

struct given {
    std::string_view authorization;
    std::string_view query;
    unsigned authorizations = 1;
};

/// The token, or the refusal's status, errcode and text.
std::string token_of(const given& what, bool query_token = true) {
    request_head head;
    head.authorization = what.authorization;
    head.authorizations = what.authorizations;
    head.query = what.query;
    std::string token;
    const auto no = find_access_token(head, query_token, token);
    if (!no) return token;
    return std::to_string(no->status) + ' ' + std::string(no->errcode) + ' ' + no->error;
}

std::string token_in_query(std::string_view query, bool query_token = true) {
    return token_of({.authorization = {}, .query = query, .authorizations = 0}, query_token);
}

bool is_missing(const std::string& found) { return found.starts_with("401 M_MISSING_TOKEN "); }

constexpr std::string_view mixing =
    "401 M_MISSING_TOKEN Mixing Authorization headers and access_token query parameters.";

}  // namespace

BOOST_AUTO_TEST_SUITE(access_tokens)

BOOST_AUTO_TEST_CASE(bearer_is_written_in_any_case) {
    for (const char* field : {"Bearer abc", "bearer abc", "BEARER abc", "bEaReR abc", "Bearer   abc"})
        BOOST_TEST(token_of({.authorization = field, .query = {}}) == "abc");
}

BOOST_AUTO_TEST_CASE(an_authorization_that_is_not_bearer_x_is_no_token) {
    for (const char* field : {"", "abc", "Bearer", "Bearer ", "Bearer   ", "Bearerabc", "Basic YTpi", "Bearer a b",
                              "Bearer a\tb", "Digest Bearer abc", "Bearer=abc", "xBearer abc"})
        BOOST_TEST_CONTEXT(field) BOOST_TEST(is_missing(token_of({.authorization = field, .query = {}})));
}

// A workspace is used for one request after another: a short token must not have the end of a long one behind it.
BOOST_AUTO_TEST_CASE(what_was_there_before_is_overwritten) {
    std::string token = "the-rather-long-token-of-another-request";
    const std::string before = token;
    const char* const memory = token.data();
    request_head head;
    head.authorization = "Bearer abc";
    head.authorizations = 1;
    BOOST_TEST(!find_access_token(head, true, token).has_value());
    BOOST_TEST(token == "abc");
    BOOST_TEST_REQUIRE(static_cast<const void*>(token.data()) == static_cast<const void*>(memory));
    BOOST_TEST(token.capacity() >= before.size());
    BOOST_TEST(std::string(memory + 4, before.size() - 4) == std::string(before.size() - 4, '\0'));
}

BOOST_AUTO_TEST_CASE(no_token_and_two_headers_are_a_missing_token) {
    BOOST_TEST(is_missing(token_in_query("")));
    BOOST_TEST(is_missing(token_of({.authorization = "Bearer abc", .query = {}, .authorizations = 2})));
}

BOOST_AUTO_TEST_CASE(a_token_stands_in_the_query_percent_decoded) {
    BOOST_TEST(token_in_query("access_token=abc") == "abc");
    BOOST_TEST(token_in_query("a=b&access_token=abc&c") == "abc");
    BOOST_TEST(token_in_query("access_token=%61%62c") == "abc");
    BOOST_TEST(token_in_query("access_token=a%2Bb%2f%3D") == "a+b/=");
    BOOST_TEST(token_in_query("access%5Ftoken=abc") == "abc");
    BOOST_TEST(token_in_query("access_token=a=b") == "a=b");
    BOOST_TEST(token_in_query("access_token=a+b") == "a+b");
    BOOST_TEST(token_in_query("access_token=%4") == "%4");
    BOOST_TEST(token_in_query("access_token=%zz") == "%zz");
}

BOOST_AUTO_TEST_CASE(an_empty_one_and_two_in_the_query_are_a_missing_token) {
    for (const char* query :
         {"access_token=", "access_token", "&access_token=&", "access_token=a&access_token=a",
          "access_token=a&access_token=", "access_token=a&access%5ftoken=b", "xaccess_token=a", "ACCESS_TOKEN=a"})
        BOOST_TEST_CONTEXT(query) BOOST_TEST(is_missing(token_in_query(query)));
}

BOOST_AUTO_TEST_CASE(a_header_and_a_query_are_mixing_with_the_exact_text) {
    BOOST_TEST(token_of({.authorization = "Bearer abc", .query = "access_token=abc"}) == mixing);
    BOOST_TEST(token_of({.authorization = "Bearer abc", .query = "access_token="}) == mixing);
    BOOST_TEST(token_of({.authorization = "Basic abc", .query = "a=b&access_token=abc"}) == mixing);
}

BOOST_AUTO_TEST_CASE(a_query_that_is_switched_off_is_not_looked_at) {
    BOOST_TEST(is_missing(token_in_query("access_token=abc", false)));
    BOOST_TEST(token_of({.authorization = "Bearer abc", .query = "access_token=xyz&access_token=z"}, false) == "abc");
}

BOOST_AUTO_TEST_CASE(a_query_that_is_kept_is_kept_without_its_tokens) {
    BOOST_TEST(without_access_token("a=1&access_token=secret&b=2") == "a=1&b=2");
    BOOST_TEST(without_access_token("access%5ftoken=secret&a=%26") == "a=%26");
    BOOST_TEST(without_access_token("access_token").empty());
    BOOST_TEST(without_access_token("access_tokens=1") == "access_tokens=1");
    BOOST_TEST(without_access_token("").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
