// Start lines, versions, methods, Host, and names and values of fields: RFC 9112, 2.2 to 5.2, and RFC 9110, 5 and 7.2.

#include "tests/system/raw/raw_requests.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::testing {
namespace {

using namespace std::string_literals;

std::string host(std::string_view value) { return "GET /health HTTP/1.1\r\nHost:" + std::string(value) + "\r\n\r\n"; }

std::string head_of_size(std::size_t bytes) {
    const std::string begin = "GET /health HTTP/1.1\r\nHost: x\r\nA: ";
    return begin + std::string(bytes - begin.size() - 4, 'a') + "\r\n\r\n";
}

std::string fields(std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "A: b\r\n";
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(raw_heads, raw_server)

BOOST_AUTO_TEST_CASE(start_lines) {
    check({
        {"an empty line first", "\r\n" + health(""), "200 kept"},
        {"three empty lines first", "\r\n\r\n\r\n" + health(""), "200 kept"},
        {"an LF first", "\n" + health(""), "400 M_UNKNOWN closed"},
        {"a CR first", "\r" + health(""), "400 M_UNKNOWN closed"},
        {"a space first", " " + health(""), "400 M_UNKNOWN closed"},
        {"a byte order mark first", "\xef\xbb\xbf" + health(""), "400 M_UNKNOWN closed"},
        {"two spaces before the target", line("GET  /health HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"two spaces before the version", line("GET /health  HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"a tab before the target", line("GET\t/health HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"a tab before the version", line("GET /health\tHTTP/1.1"), "400 M_UNKNOWN closed"},
        {"a space behind the version", line("GET /health HTTP/1.1 "), "400 M_UNKNOWN closed"},
        {"a third word", line("GET /health HTTP/1.1 HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"a space in the target", line("GET /hea lth HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"a NUL in the target", line("GET /health\0 HTTP/1.1"s), "400 M_UNKNOWN closed"},
        {"a bare CR in the target", line("GET /health\rX HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"an LF for the line's end", "GET /health HTTP/1.1\nHost: x\r\n\r\n", "400 M_UNKNOWN closed"},
        {"a CR for the line's end", "GET /health HTTP/1.1\rHost: x\r\n\r\n", "400 M_UNKNOWN closed"},
        {"LF for every line's end", "GET /health HTTP/1.1\nHost: x\n\n", "400 M_UNKNOWN closed"},
        {"two CR before the LF", "GET /health HTTP/1.1\r\r\nHost: x\r\n\r\n", "400 M_UNKNOWN closed"},
        {"a TLS ClientHello", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"s, "400 M_UNKNOWN closed"},
        {"a reply in place of a request", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "400 M_UNKNOWN closed"},
        {"a head that is not finished", "GET /health HTTP/1.1\r\nHost: x\r\n", "waits"},
        {"nothing at all", "", "waits"},
    });
}

BOOST_AUTO_TEST_CASE(versions) {
    check({
        {"HTTP/1.0", line("GET /health HTTP/1.0"), "200 closed"},
        {"HTTP/1.0 without Host", "GET /health HTTP/1.0\r\n\r\n", "200 closed"},
        {"HTTP/1.0 that would be kept", "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200 closed"},
        {"HTTP/0.9", "GET /health\r\n\r\n", "400 M_UNKNOWN closed"},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 M_UNKNOWN closed"},
        {"HTTP/2.0", line("GET /health HTTP/2.0"), "400 M_UNKNOWN closed"},
        {"HTTP/3", line("GET /health HTTP/3"), "400 M_UNKNOWN closed"},
        {"HTTP/1.2, which there is not", line("GET /health HTTP/1.2"), "400 M_UNKNOWN closed"},
        {"HTTP/1.10", line("GET /health HTTP/1.10"), "400 M_UNKNOWN closed"},
        {"HTTP/01.1", line("GET /health HTTP/01.1"), "400 M_UNKNOWN closed"},
        {"HTTP/1", line("GET /health HTTP/1"), "400 M_UNKNOWN closed"},
        {"HTTP/1.", line("GET /health HTTP/1."), "400 M_UNKNOWN closed"},
        {"a comma in the version", line("GET /health HTTP/1,1"), "400 M_UNKNOWN closed"},
        {"a sign in the version", line("GET /health HTTP/+1.1"), "400 M_UNKNOWN closed"},
        {"a version in lower case", line("GET /health http/1.1"), "400 M_UNKNOWN closed"},
        {"another protocol", line("GET /health RTSP/1.1"), "400 M_UNKNOWN closed"},
    });
}

BOOST_AUTO_TEST_CASE(methods) {
    check({
        {"HEAD", line("HEAD /health HTTP/1.1"), "200 kept"},
        {"OPTIONS", line("OPTIONS /no/such/path HTTP/1.1"), "204 kept"},
        {"TRACE", line("TRACE /health HTTP/1.1"), "405 M_UNRECOGNIZED kept"},
        {"CONNECT of a path", line("CONNECT /health HTTP/1.1"), "405 M_UNRECOGNIZED kept"},
        {"one in lower case", line("get /health HTTP/1.1"), "405 M_UNRECOGNIZED kept"},
        {"one that nobody knows", line("BREW /health HTTP/1.1"), "405 M_UNRECOGNIZED kept"},
        {"one of 5,000 letters", line(std::string(5000, 'A') + " /health HTTP/1.1"), "405 M_UNRECOGNIZED kept"},
        {"every character of a token", line("!#$%&'*+-.^_`|~09azAZ /health HTTP/1.1"), "405 M_UNRECOGNIZED kept"},
        {"one with a colon", line("GE:T /health HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"one with a quotation mark", line("\"GET\" /health HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"one with a NUL", line("GE\0T /health HTTP/1.1"s), "400 M_UNKNOWN closed"},
        {"one that is not ASCII", line("G\xc3\x89T /health HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"none", line(" /health HTTP/1.1"), "400 M_UNKNOWN closed"},
        {"an unknown one with a body", "BREW /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
         "405 M_UNRECOGNIZED closed"},
        {"HEAD with a body that is none",
         "HEAD /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", "400 closed"},
        {"HEAD with a body", "HEAD /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "200 kept"},
    });
}

// RFC 9112, 3.2: none, two, or one that is not valid is 400.
BOOST_AUTO_TEST_CASE(hosts) {
    check({
        {"none", "GET /health HTTP/1.1\r\n\r\n", "400 M_UNKNOWN closed"},
        {"two", "GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400 M_UNKNOWN closed"},
        {"the same twice", "GET /health HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", "400 M_UNKNOWN closed"},
        {"two, in HTTP/1.0", "GET /health HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", "400 M_UNKNOWN closed"},
        {"an empty one", host(""), "200 kept"},
        {"a name and a port", host(" matrix.example.org:8448"), "200 kept"},
        {"an address of IPv4", host(" 127.0.0.1:8008"), "200 kept"},
        {"an address of IPv6", host(" [::1]:8008"), "200 kept"},
        {"a port that is empty", host(" x:"), "200 kept"},
        {"percent-encoded", host(" %78"), "200 kept"},
        {"white space around it", host("\t x \t"), "200 kept"},
        {"an underscore", host(" my_server"), "200 kept"},
        {"a space in it", host(" x y"), "400 M_UNKNOWN closed"},
        {"a tab in it", host(" x\ty"), "400 M_UNKNOWN closed"},
        {"user info", host(" user@x"), "400 M_UNKNOWN closed"},
        {"a path", host(" x/health"), "400 M_UNKNOWN closed"},
        {"a query", host(" x?y"), "400 M_UNKNOWN closed"},
        {"a fragment", host(" x#y"), "400 M_UNKNOWN closed"},
        {"a URL", host(" http://x"), "400 M_UNKNOWN closed"},
        {"a backslash", host(" x\\y"), "400 M_UNKNOWN closed"},
        {"a port that is no number", host(" x:http"), "400 M_UNKNOWN closed"},
        {"a port with a sign", host(" x:+80"), "400 M_UNKNOWN closed"},
        {"two ports", host(" x:80:80"), "400 M_UNKNOWN closed"},
        {"IPv6 without brackets", host(" ::1"), "400 M_UNKNOWN closed"},
        {"IPv6 without its end", host(" [::1"), "400 M_UNKNOWN closed"},
        {"letters behind the brackets", host(" [::1]x"), "400 M_UNKNOWN closed"},
        {"brackets around nothing", host(" []"), "400 M_UNKNOWN closed"},
        {"half an escape", host(" x%7"), "400 M_UNKNOWN closed"},
        {"an escape that is none", host(" x%zz"), "400 M_UNKNOWN closed"},
        {"a byte that is not ASCII", host(" m\xc3\xa4trix"), "400 M_UNKNOWN closed"},
        {"a NUL", host(" x\0y"s), "400 M_UNKNOWN closed"},
        {"an invalid one, in HTTP/1.0", "GET /health HTTP/1.0\r\nHost: x/y\r\n\r\n", "400 M_UNKNOWN closed"},
    });
}

BOOST_AUTO_TEST_CASE(fields_of_a_head) {
    check({
        {"no space behind the colon", health("A:b\r\n"), "200 kept"},
        {"white space around a value", health("A: \t b \t \r\n"), "200 kept"},
        {"an empty value", health("A:\r\n"), "200 kept"},
        {"bytes beyond ASCII in a value", health("A: \x80\xff\xc3\xa4\r\n"), "200 kept"},
        {"every character of a token in a name", health("!#$%&'*+-.^_`|~09azAZ: b\r\n"), "200 kept"},
        {"a colon in a value", health("A: :b:\r\n"), "200 kept"},
        {"a space before the colon", health("A : b\r\n"), "400 M_UNKNOWN closed"},
        {"a tab before the colon", health("A\t: b\r\n"), "400 M_UNKNOWN closed"},
        {"a space in a name", health("A B: c\r\n"), "400 M_UNKNOWN closed"},
        {"no name", health(": b\r\n"), "400 M_UNKNOWN closed"},
        {"no colon", health("A b\r\n"), "400 M_UNKNOWN closed"},
        {"a name in quotation marks", health("\"A\": b\r\n"), "400 M_UNKNOWN closed"},
        {"a name in brackets", health("A[0]: b\r\n"), "400 M_UNKNOWN closed"},
        {"a name that is not ASCII", health("\xc3\x84: b\r\n"), "400 M_UNKNOWN closed"},
        {"a NUL in a name", health("A\0: b\r\n"s), "400 M_UNKNOWN closed"},
        {"a NUL in a value", health("A: b\0c\r\n"s), "400 M_UNKNOWN closed"},
        {"a bare CR in a value", health("A: b\rc\r\n"), "400 M_UNKNOWN closed"},
        {"a bare CR at a value's end", health("A: b\r\r\n"), "400 M_UNKNOWN closed"},
        {"a bare LF in a value", health("A: b\nc: d\r\n"), "400 M_UNKNOWN closed"},
        {"a form feed in a value", health("A: b\fc\r\n"), "400 M_UNKNOWN closed"},
        {"an escape in a value", health("A: \x1b[2J\r\n"), "400 M_UNKNOWN closed"},
        {"a DEL in a value", health("A: \x7f\r\n"), "400 M_UNKNOWN closed"},
        {"obs-fold by a space", health("A: b\r\n c\r\n"), "400 M_UNKNOWN closed"},
        {"obs-fold by a tab", health("A: b\r\n\tc\r\n"), "400 M_UNKNOWN closed"},
        {"obs-fold of the first field", "GET /health HTTP/1.1\r\n Host: x\r\n\r\n", "400 M_UNKNOWN closed"},
        {"obs-fold that ends the head", health("A: b\r\n \r\n"), "400 M_UNKNOWN closed"},
        {"obs-fold of Transfer-Encoding", set("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
         "400 M_UNKNOWN closed"},
        {"a head of 16,384 bytes", head_of_size(16'384), "200 kept"},
        {"a head of 16,385 bytes", head_of_size(16'385), "431 M_TOO_LARGE closed"},
        {"a target of 17,000 bytes", get("/" + std::string(17'000, 'a')), "431 M_TOO_LARGE closed"},
        {"a hundred fields", health(fields(99)), "200 kept"},
        {"a hundred and one", health(fields(100)), "431 M_TOO_LARGE closed"},
    });
}

BOOST_AUTO_TEST_CASE(fields_about_the_connection) {
    check({
        {"close", health("Connection: close\r\n"), "200 closed"},
        {"Close", health("CONNECTION: Close\r\n"), "200 closed"},
        {"close in a list", health("Connection: x, close ,y\r\n"), "200 closed"},
        {"close in the second line", health("Connection: keep-alive\r\nConnection: close\r\n"), "200 closed"},
        {"keep-alive", health("Connection: keep-alive\r\n"), "200 kept"},
        {"a word that begins like it", health("Connection: closed, xclose\r\n"), "200 kept"},
        {"an empty list", health("Connection: ,,\r\n"), "200 kept"},
        {"Host as a field of the connection", health("Connection: Host\r\n"), "200 kept"},
        {"the length as a field of the connection",
         set("Connection: Content-Length\r\nContent-Length: 40\r\n", removal), "200 absent kept"},
        {"the token as a field of the connection", set("Connection: Authorization\r\nContent-Length: 40\r\n", removal),
         "200 absent kept"},
        {"an upgrade to h2c",
         health("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
         "200 kept"},
        {"an upgrade to h2c with a body",
         set("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\nContent-Length: 40\r\n",
             removal),
         "200 absent kept"},
        {"an upgrade to WebSocket",
         health("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Version: 13\r\n"),
         "200 kept"},
    });
}

BOOST_AUTO_TEST_CASE(expectations) {
    check({
        {"of a body that is there", set("Expect: 100-continue\r\nContent-Length: 40\r\n", removal), "200 absent kept"},
        {"of one that is still to come", set("Expect: 100-continue\r\nContent-Length: 40\r\n", ""), "100 waits"},
        {"of none", health("Expect: 100-continue\r\n"), "200 kept"},
        {"in HTTP/1.0", "GET /health HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", "200 closed"},
        {"that nobody knows", health("Expect: the-unexpected\r\n"), "200 kept"},
        {"of a body that is too large", set("Expect: 100-continue\r\nContent-Length: 65537\r\n", ""),
         "413 M_TOO_LARGE closed"},
        {"without a token",
         "POST /_matrix/client/v3/pushers/set HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 40\r\n"
         "\r\n",
         "401 M_MISSING_TOKEN closed"},
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
