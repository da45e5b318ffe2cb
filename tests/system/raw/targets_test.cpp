// The forms of a target, tricks in its path, and where a token may stand: RFC 9112, 3.2, RFC 3986, RFC 6750, and the
// contract's "Tokens".

#include "tests/system/raw/raw_requests.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::testing {
namespace {

using namespace std::string_literals;

constexpr std::string_view list = "/_matrix/client/v3/pushers";

std::string with_query(std::string_view query) { return get(std::string(list) + '?' + std::string(query)); }

std::string with_path(std::string_view path) { return get(std::string(path) + "?access_token={token}"); }

std::string authorized(std::string_view value, std::string_view query = {}) {
    return "GET " + std::string(list) + std::string(query) +
           " HTTP/1.1\r\nHost: x\r\nAuthorization:" + std::string(value) + "\r\n\r\n";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(raw_targets, raw_server)

BOOST_AUTO_TEST_CASE(forms) {
    check({
        {"the absolute form", get("http://example.org/health"), "200 kept"},
        {"of https", get("https://example.org/health"), "200 kept"},
        {"with a port", get("http://example.org:8008/health"), "200 kept"},
        {"in capitals", get("HTTP://EXAMPLE.ORG/health"), "200 kept"},
        {"of IPv6", get("http://[::1]:8008/health"), "200 kept"},
        {"with a query alone", get("http://example.org?a"), "404 M_UNRECOGNIZED kept"},
        {"with no path", get("http://example.org"), "404 M_UNRECOGNIZED kept"},
        {"without a Host", "GET http://example.org/health HTTP/1.1\r\n\r\n", "400 M_UNKNOWN closed"},
        {"without an authority", get("http:///health"), "400 M_UNKNOWN closed"},
        {"with nothing but a port", get("http://:80/health"), "400 M_UNKNOWN closed"},
        {"with user info", get("http://user@example.org/health"), "400 M_UNKNOWN closed"},
        {"with a backslash", get("http://example.org\\/health"), "400 M_UNKNOWN closed"},
        {"with a port that is none", get("http://example.org:x/health"), "400 M_UNKNOWN closed"},
        {"with half an address", get("http://[::1/health"), "400 M_UNKNOWN closed"},
        {"with one slash", get("http:/example.org/health"), "400 M_UNKNOWN closed"},
        {"of another scheme", get("ftp://example.org/health"), "400 M_UNKNOWN closed"},
        {"of a file", get("file:///etc/passwd"), "400 M_UNKNOWN closed"},
        {"of no scheme", get("example.org/health"), "400 M_UNKNOWN closed"},
        {"of no scheme, with slashes", get("//example.org/health"), "404 M_UNRECOGNIZED kept"},
        {"the authority form", line("CONNECT example.org:443 HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"the authority form of a GET", get("example.org:80"), "400 M_UNKNOWN closed"},
        {"the asterisk form", line("OPTIONS * HTTP/1.1"), "204 kept"},
        {"the asterisk form of a GET", get("*"), "400 M_UNKNOWN closed"},
        {"an asterisk and more", line("OPTIONS *x HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"a query alone", get("?a=b"), "400 M_UNKNOWN closed"},
        {"a fragment", get("/health#top"), "400 M_UNKNOWN closed"},
        {"a fragment alone", get("#"), "400 M_UNKNOWN closed"},
    });
}

BOOST_AUTO_TEST_CASE(paths) {
    check({
        {"as it is", with_path("/_matrix/client/v3/pushers"), "200 kept"},
        {"a letter encoded", with_path("/_matrix/client/v3/pusher%73"), "404 M_UNRECOGNIZED kept"},
        {"a slash encoded", with_path("/_matrix/client/v3%2Fpushers"), "404 M_UNRECOGNIZED kept"},
        {"a slash encoded twice", with_path("/_matrix/client/v3%252Fpushers"), "404 M_UNRECOGNIZED kept"},
        {"a slash in overlong UTF-8", with_path("/_matrix/client/v3%c0%afpushers"), "404 M_UNRECOGNIZED kept"},
        {"a backslash", with_path("/_matrix/client/v3\\pushers"), "404 M_UNRECOGNIZED kept"},
        {"two slashes", with_path("/_matrix/client/v3//pushers"), "404 M_UNRECOGNIZED kept"},
        {"a slash at the end", with_path("/_matrix/client/v3/pushers/"), "404 M_UNRECOGNIZED kept"},
        {"a dot", with_path("/_matrix/client/./v3/pushers"), "404 M_UNRECOGNIZED kept"},
        {"two dots", with_path("/_matrix/client/x/../v3/pushers"), "404 M_UNRECOGNIZED kept"},
        {"two dots encoded", with_path("/_matrix/client/x/%2e%2e/v3/pushers"), "404 M_UNRECOGNIZED kept"},
        {"dots up to the root", with_path("/../../etc/passwd"), "404 M_UNRECOGNIZED kept"},
        {"a NUL encoded", with_path("/_matrix/client/v3/pushers%00"), "404 M_UNRECOGNIZED kept"},
        {"a NUL and an end", with_path("/_matrix/client/v3/pushers%00.html"), "404 M_UNRECOGNIZED kept"},
        {"CR LF encoded", with_path("/_matrix/client/v3/pushers%0d%0aA:b"), "404 M_UNRECOGNIZED kept"},
        {"a question mark encoded", get("/_matrix/client/v3/pushers%3Faccess_token={token}"),
         "404 M_UNRECOGNIZED kept"},
        {"a parameter of the path", with_path("/_matrix/client/v3/pushers;a=b"), "404 M_UNRECOGNIZED kept"},
        {"in capitals", with_path("/_MATRIX/CLIENT/V3/PUSHERS"), "404 M_UNRECOGNIZED kept"},
        {"half an escape", with_path("/_matrix/client/v3/pushers%2"), "404 M_UNRECOGNIZED kept"},
        {"bytes beyond ASCII", with_path("/_matrix/client/v3/pushers\xc3\xa4"), "400 M_UNKNOWN closed"},
        {"of 15,000 bytes", get("/" + std::string(15'000, 'a')), "404 M_UNRECOGNIZED kept"},
    });
}

BOOST_AUTO_TEST_CASE(tokens_in_a_query) {
    check({
        {"as it is", with_query("access_token={token}"), "200 kept"},
        {"between others", with_query("a=b&access_token={token}&c"), "200 kept"},
        {"between empty ones", with_query("&&access_token={token}&&"), "200 kept"},
        {"percent-encoded", with_query("access_token={encoded}"), "200 kept"},
        {"percent-encoded twice", with_query("access_token={twice}"), "401 M_UNKNOWN_TOKEN kept"},
        {"letters of its name encoded", with_query("%61ccess%5Ftoke%6e={token}"), "200 kept"},
        {"its name encoded twice", with_query("access%255Ftoken={token}"), "401 M_MISSING_TOKEN kept"},
        {"its name in overlong UTF-8", with_query("access%c1%9ftoken={token}"), "401 M_MISSING_TOKEN kept"},
        {"its name in capitals", with_query("ACCESS_TOKEN={token}"), "401 M_MISSING_TOKEN kept"},
        {"its name with brackets", with_query("access_token[]={token}"), "401 M_MISSING_TOKEN kept"},
        {"its name with a NUL", with_query("access_token%00={token}"), "401 M_MISSING_TOKEN kept"},
        {"its name with a space", with_query("access_token+={token}"), "401 M_MISSING_TOKEN kept"},
        {"its equals sign encoded", with_query("access_token%3D{token}"), "401 M_MISSING_TOKEN kept"},
        {"its ampersand encoded", with_query("a=b%26access_token={token}"), "401 M_MISSING_TOKEN kept"},
        {"a semicolon in front", with_query("a=b;access_token={token}"), "401 M_MISSING_TOKEN kept"},
        {"a semicolon behind", with_query("access_token={token};a=b"), "401 M_UNKNOWN_TOKEN kept"},
        {"a second question mark", with_query("?access_token={token}"), "401 M_MISSING_TOKEN kept"},
        {"a plus behind", with_query("access_token={token}+"), "401 M_UNKNOWN_TOKEN kept"},
        {"a space behind", with_query("access_token={token}%20"), "401 M_UNKNOWN_TOKEN kept"},
        {"a NUL behind", with_query("access_token={token}%00"), "401 M_UNKNOWN_TOKEN kept"},
        {"a line's end behind", with_query("access_token={token}%0d%0a"), "401 M_UNKNOWN_TOKEN kept"},
        {"half an escape behind", with_query("access_token={token}%"), "401 M_UNKNOWN_TOKEN kept"},
        {"overlong UTF-8", with_query("access_token=%c0%80"), "401 M_UNKNOWN_TOKEN kept"},
        {"of 10,000 bytes", with_query("access_token=" + std::string(10'000, 'a')), "401 M_UNKNOWN_TOKEN kept"},
        {"empty", with_query("access_token="), "401 M_MISSING_TOKEN kept"},
        {"without an equals sign", with_query("access_token"), "401 M_MISSING_TOKEN kept"},
        {"twice the same", with_query("access_token={token}&access_token={token}"), "401 M_MISSING_TOKEN kept"},
        {"twice, and one is empty", with_query("access_token=&access_token={token}"), "401 M_MISSING_TOKEN kept"},
        {"twice, and one is encoded", with_query("access_token={token}&access%5ftoken={token}"),
         "401 M_MISSING_TOKEN kept"},
        {"behind a fragment", with_query("#access_token={token}"), "400 M_UNKNOWN closed"},
        {"beside a header", authorized(" Bearer {token}", "?access_token={token}"), "401 M_MISSING_TOKEN kept"},
        {"an empty one beside a header", authorized(" Bearer {token}", "?access_token="), "401 M_MISSING_TOKEN kept"},
    });
}

BOOST_AUTO_TEST_CASE(tokens_in_a_header) {
    check({
        {"as it is", authorized(" Bearer {token}"), "200 kept"},
        {"in lower case", authorized(" bearer {token}"), "200 kept"},
        {"without a space in front", authorized("Bearer {token}"), "200 kept"},
        {"with white space around it", authorized("\t Bearer {token} \t"), "200 kept"},
        {"percent-encoded", authorized(" Bearer {encoded}"), "401 M_UNKNOWN_TOKEN kept"},
        {"a tab for the space", authorized(" Bearer\t{token}"), "401 M_MISSING_TOKEN kept"},
        {"without a scheme", authorized(" {token}"), "401 M_MISSING_TOKEN kept"},
        {"without a token", authorized(" Bearer"), "401 M_MISSING_TOKEN kept"},
        {"with an empty token", authorized(" Bearer \t "), "401 M_MISSING_TOKEN kept"},
        {"with nothing", authorized(""), "401 M_MISSING_TOKEN kept"},
        {"of another scheme", authorized(" Basic {token}"), "401 M_MISSING_TOKEN kept"},
        {"two words", authorized(" Bearer {token} {token}"), "401 M_MISSING_TOKEN kept"},
        {"in quotation marks", authorized(" Bearer \"{token}\""), "401 M_UNKNOWN_TOKEN kept"},
        {"with a comma", authorized(" Bearer {token},"), "401 M_UNKNOWN_TOKEN kept"},
        {"of 10,000 bytes", authorized(" Bearer " + std::string(10'000, 'a')), "401 M_UNKNOWN_TOKEN kept"},
        {"beyond ASCII", authorized(" Bearer \xc3\xa4"), "401 M_UNKNOWN_TOKEN kept"},
        {"two headers", authorized(" Bearer {token}\r\nAuthorization: Bearer {token}"), "401 M_MISSING_TOKEN kept"},
        {"two headers, and one is empty", authorized("\r\nAuthorization: Bearer {token}"), "401 M_MISSING_TOKEN kept"},
        {"for the proxy",
         "GET /_matrix/client/v3/pushers HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer {token}\r\n\r\n",
         "401 M_MISSING_TOKEN kept"},
        {"in a cookie", "GET /_matrix/client/v3/pushers HTTP/1.1\r\nHost: x\r\nCookie: access_token={token}\r\n\r\n",
         "401 M_MISSING_TOKEN kept"},
        {"with a NUL", authorized(" Bearer {token}\0"s), "400 M_UNKNOWN closed"},
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
