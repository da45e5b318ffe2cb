// Heads that the reader takes or refuses, one by one: what two parsers may read differently is no request.

#include "tests/net/fed_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

using namespace std::string_view_literals;

struct piece {
    std::string_view what;
    std::string_view bytes;
};

std::string with_fields(std::string_view fields) {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

std::string with_start(std::string_view line) { return std::string(line) + "\r\nHost: x\r\n\r\n"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(request_framing)

BOOST_AUTO_TEST_CASE(framings_that_request_smuggling_lives_on_are_malformed) {
    constexpr piece pieces[] = {
        {"two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n"},
        {"two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"},
        {"a list of equal lengths", "Content-Length: 5, 5\r\n"},
        {"a plus", "Content-Length: +5\r\n"},
        {"a minus", "Content-Length: -5\r\n"},
        {"a space inside", "Content-Length: 5 0\r\n"},
        {"hexadecimal", "Content-Length: 0x5\r\n"},
        {"a fraction", "Content-Length: 5.0\r\n"},
        {"no length", "Content-Length: \r\n"},
        {"no number", "Content-Length: five\r\n"},
        {"both framings", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"},
        {"both framings, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"},
        {"gzip", "Transfer-Encoding: gzip\r\n"},
        {"gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n"},
        {"chunked, chunked", "Transfer-Encoding: chunked, chunked\r\n"},
        {"identity", "Transfer-Encoding: identity\r\n"},
        {"an empty coding", "Transfer-Encoding:\r\n"},
        {"xchunked", "Transfer-Encoding: xchunked\r\n"},
        {"chunked with a parameter", "Transfer-Encoding: chunked;a=b\r\n"},
        {"twice chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
        {"chunked and identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"},
        {"two hosts", "Host: y\r\n"},
        {"a space before the colon", "Content-Length : 5\r\n"},
        {"a tab before the colon", "A\t: b\r\n"},
        {"no colon", "Content-Length 5\r\n"},
        {"no name", ": b\r\n"},
        {"a space in a name", "A b: c\r\n"},
        {"a first field that is folded", " A: b\r\n"},
        {"a fold", "A: b\r\n\tc\r\n"},
        {"a bare CR in a value", "A: b\rc\r\n"},
        {"a bare LF in a value", "A: b\nc\r\n"},
        {"a CR more at the end of a line", "A: b\r\r\n"},
        {"a NUL in a value", "A: b\0c\r\n"sv},
        {"a NUL in a name", "A\0: c\r\n"sv},
        {"a DEL in a value", "A: \x7f\r\n"},
    };
    for (const piece& each : pieces)
        BOOST_TEST_CONTEXT(each.what) BOOST_TEST(read_whole(with_fields(each.bytes)) == "malformed");
}

BOOST_AUTO_TEST_CASE(start_lines_that_are_none_of_http_1_are_malformed) {
    constexpr piece pieces[] = {
        {"HTTP/0.9", "GET /"},
        {"HTTP/2", "GET / HTTP/2.0"},
        {"HTTP/1.2", "GET / HTTP/1.2"},
        {"HTTP/3", "GET / HTTP/3"},
        {"a version in lower case", "GET / http/1.1"},
        {"no method", "/ HTTP/1.1"},
        {"no target", "GET HTTP/1.1"},
        {"two spaces", "GET  / HTTP/1.1"},
        {"two spaces before the version", "GET /  HTTP/1.1"},
        {"a space at the end", "GET / HTTP/1.1 "},
        {"a space in front", " GET / HTTP/1.1"},
        {"a tab for a space", "GET\t/ HTTP/1.1"},
        {"a method that is no token", "G(T / HTTP/1.1"},
        {"a fragment", "GET /a#b HTTP/1.1"},
        {"a target that is not ASCII", "GET /\xc3\xa4 HTTP/1.1"},
        {"a target without a slash", "GET a HTTP/1.1"},
        {"the authority form", "CONNECT example.org:443 HTTP/1.1"},
        {"an asterisk, but for OPTIONS", "GET * HTTP/1.1"},
        {"an absolute form without an authority", "GET http:///a HTTP/1.1"},
        {"another scheme", "GET ftp://x/a HTTP/1.1"},
    };
    for (const piece& each : pieces)
        BOOST_TEST_CONTEXT(each.what) BOOST_TEST(read_whole(with_start(each.bytes)) == "malformed");
}

BOOST_AUTO_TEST_CASE(transfer_encoding_in_http_1_0_is_malformed) {
    BOOST_TEST(read_whole("POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == "malformed");
}

BOOST_AUTO_TEST_CASE(http_1_1_needs_one_host_and_http_1_0_none) {
    BOOST_TEST(read_whole("GET /a HTTP/1.1\r\n\r\n") == "malformed");
    BOOST_TEST(read_whole("GET /a HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n") == "malformed");
    BOOST_TEST(read_whole("GET /a HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n") == "malformed");
    BOOST_TEST(read_whole("GET /a HTTP/1.0\r\n\r\n") == "GET /a close []\n");
}

BOOST_AUTO_TEST_CASE(names_of_fields_and_codings_are_in_any_case) {
    BOOST_TEST(read_whole("POST /a HTTP/1.1\r\nhOST: x\r\nTRANSFER-encoding: CHUNKED\r\n\r\n0\r\n\r\n") ==
               "POST /a chunked []\n");
    BOOST_TEST(read_whole("POST /a HTTP/1.1\r\nHOST:x\r\ncontent-LENGTH:\t 1 \t\r\n\r\n!") == "POST /a length=1 [!]\n");
}

BOOST_AUTO_TEST_CASE(the_target_is_split_and_nothing_is_decoded) {
    BOOST_TEST(read_whole(with_start("GET /a%2Fb//c/?d=%41?&e HTTP/1.1")) == "GET /a%2Fb//c/?d=%41?&e []\n");
    BOOST_TEST(read_whole(with_start("GET http://example.org:80/a?b HTTP/1.1")) == "GET /a?b []\n");
    BOOST_TEST(read_whole(with_start("GET HTTPS://example.org/a HTTP/1.1")) == "GET /a []\n");
    BOOST_TEST(read_whole(with_start("GET http://example.org HTTP/1.1")) == "GET / []\n");
    BOOST_TEST(read_whole(with_start("GET http://example.org?b HTTP/1.1")) == "GET /?b []\n");
    BOOST_TEST(read_whole(with_start("OPTIONS * HTTP/1.1")) == "OPTIONS * []\n");
}

BOOST_AUTO_TEST_CASE(a_method_that_is_not_known_is_a_request_all_the_same) {
    BOOST_TEST(read_whole(with_start("BREW /a HTTP/1.1")) == "<unknown> /a []\n");
    BOOST_TEST(read_whole(with_start("get /a HTTP/1.1")) == "<unknown> /a []\n");
}

BOOST_AUTO_TEST_CASE(a_length_beyond_all_bounds_is_never_a_small_one) {
    BOOST_TEST(read_whole(with_fields("Content-Length: 9999999999999999999\r\n")) == "…");
    for (const char* length : {"18446744073709551616", "18446744073709551621", "99999999999999999999999999"})
        BOOST_TEST(read_whole(with_fields("Content-Length: " + std::string(length) + "\r\n") + "hello") == "malformed");
}

BOOST_AUTO_TEST_CASE(sizes_of_chunks_are_hexadecimal_digits_and_nothing_else) {
    const std::string head = with_fields("Transfer-Encoding: chunked\r\n");
    BOOST_TEST(read_whole(head + "a\r\n0123456789\r\n0\r\n\r\n") == "POST /a chunked [0123456789]\n");
    BOOST_TEST(read_whole(head + "A\r\n0123456789\r\n0\r\n\r\n") == "POST /a chunked [0123456789]\n");
    BOOST_TEST(read_whole(head + "0005\r\nhello\r\n000\r\n\r\n") == "POST /a chunked [hello]\n");
    for (const char* size : {"", " 5", "+5", "-5", "0x5", "5h", "5,5", "\"5\"", ";a", "5\r", "5\n", "10000000000000005",
                             "FFFFFFFFFFFFFFFFFFFF"})
        BOOST_TEST_CONTEXT("size " << size)
    BOOST_TEST(read_whole(head + size + "\r\nhello\r\n0\r\n\r\n") == "malformed");
}

BOOST_AUTO_TEST_CASE(lines_of_a_chunked_body_end_in_cr_lf) {
    const std::string head = with_fields("Transfer-Encoding: chunked\r\n");
    for (const char* body : {"5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
                             "5\r\nhello\r\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5;a\nb\r\nhello\r\n0\r\n\r\n"}) {
        const std::string whole = head + body;
        BOOST_TEST_CONTEXT(body) BOOST_TEST(read_byte_by_byte(whole) == "malformed");
    }
}

BOOST_AUTO_TEST_CASE(a_trailer_changes_nothing_about_the_request) {
    const std::string head = with_fields("Transfer-Encoding: chunked\r\n");
    BOOST_TEST(read_whole(head +
                          "1\r\nx\r\n0\r\nAuthorization: Bearer t\r\nHost: y\r\nExpect: 100-continue\r\nConnection: "
                          "close\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n") == "POST /a chunked [x]\nGET /b []\n");
    BOOST_TEST(read_whole(head + "1\r\nx\r\n0\r\nContent-Length: 5\r\n\r\n") == "malformed");
}

BOOST_AUTO_TEST_CASE(trailers_that_two_parsers_may_read_differently_are_malformed) {
    const std::string chunks = with_fields("Transfer-Encoding: chunked\r\n") + "1\r\nx\r\n0\r\n";
    BOOST_TEST(read_whole(chunks + "a: b\r\nc:d\t\r\n\r\n") == "POST /a chunked [x]\n");
    constexpr piece pieces[] = {
        {"a fold", "a: b\r\n c\r\n\r\n"},
        {"a fold without text in front", "a:\r\n\tc\r\n\r\n"},
        {"a first trailer that is folded", " a: b\r\n\r\n"},
        {"a bare LF", "a: b\nc: d\r\n\r\n"},
        {"a bare CR", "a: b\rc: d\r\n\r\n"},
        {"a NUL", "a: \0\r\n\r\n"sv},
        {"a space before the colon", "a : b\r\n\r\n"},
        {"no colon", "a\r\n\r\n"},
    };
    for (const piece& each : pieces) {
        BOOST_TEST_CONTEXT(each.what) {
            BOOST_TEST(read_whole(chunks + std::string(each.bytes)) == "malformed");
            BOOST_TEST(read_byte_by_byte(chunks + std::string(each.bytes)) == "malformed");
        }
    }
}

BOOST_AUTO_TEST_CASE(endless_trailers_and_chunk_extensions_are_malformed) {
    const std::string head = with_fields("Transfer-Encoding: chunked\r\n");
    BOOST_TEST(read_byte_by_byte(head + "1;" + std::string(20'000, 'e')) == "malformed");
    BOOST_TEST(read_byte_by_byte(head + "0\r\na: " + std::string(20'000, 'e')) == "malformed");
    std::string many = head;
    for (int i = 0; i < 2000; ++i) many += "1;" + std::string(30, 'e') + "\r\nx\r\n";
    BOOST_TEST(read_whole(many, 10'000) == "malformed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
