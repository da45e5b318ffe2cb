// What a reader makes of a connection's bytes must not depend on how they were cut up on their way.

#include "tests/net/fed_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

struct conversation {
    std::string_view what;
    std::string_view bytes;
    std::string_view expected;
};

using namespace std::string_view_literals;

constexpr conversation conversations[] = {
    {"a request without a body", "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a?b=c []\n"},
    {"a body with a length", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
     "POST /a length=5 [hello]\n"},
    {"an empty body with a length", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
     "POST /a length=0 []\n"},
    {"a chunked body",
     "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
     "POST /a chunked [hello]\n"},
    {"chunk extensions and trailers",
     "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0;e\r\nT: u\r\nV: "
     "w\r\n\r\n",
     "POST /a chunked [hello]\n"},
    {"an empty chunked body", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "POST /a chunked []\n"},
    {"requests behind each other",
     "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiPOST /3 "
     "HTTP/1.1\r\nHost: "
     "x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n0\r\n\r\nGET /4 HTTP/1.1\r\nHost: x\r\n\r\n",
     "GET /1 []\nPOST /2 length=2 [hi]\nPOST /3 chunked [ho]\nGET /4 []\n"},
    {"a request and half of one", "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HT", "GET /1 []\n…"},
    {"half a body", "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", "…"},
    {"an empty line in front", "\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
     "GET /1 []\nGET /2 []\n"},
    {"expectation, authorization, close",
     "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nConnection: close\r\nauthorization: Bearer "
     "t\r\nAuthorization: u\r\nContent-Length: 1\r\n\r\n!",
     "POST /a length=1 continue close authorizations=2(Bearer t) [!]\n"},
    {"HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", "GET /a close []\n"},
    {"HTTP/1.0 that would like to stay", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /a close []\n"},
    {"an expectation of HTTP/1.0 is none", "POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n!",
     "POST /a length=1 close [!]\n"},
    {"a chunked body that is too large",
     "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
     "chunked\r\n\r\n40\r\n0123456789abcdef0123456789abcdef0123456789abcdef"
     "0123456789abcdef\r\n1\r\nx\r\n0\r\n\r\n",
     "body too large"},
    {"a chunk without its end",
     "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhey\r\n0\r\n\r\n", "malformed"},
    {"a chunk size that is none",
     "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhey\r\n0\r\n\r\n", "malformed"},
    {"a good request, then a bad one", "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost : x\r\n\r\n",
     "GET /1 []\nmalformed"},
    {"obs-fold", "GET /1 HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "malformed"},
    {"a bare LF", "GET /1 HTTP/1.1\nHost: x\r\n\r\n", "malformed"},
    {"a bare CR", "GET /1 HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", "malformed"},
    {"a NUL", "GET /1 HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"sv, "malformed"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(request_reader_splits)

BOOST_AUTO_TEST_CASE(a_conversation_is_read_the_same_whole_and_byte_by_byte) {
    for (const conversation& each : conversations) {
        BOOST_TEST_CONTEXT(each.what) {
            BOOST_TEST(read_whole(each.bytes) == each.expected);
            BOOST_TEST(read_byte_by_byte(each.bytes) == each.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_conversation_is_read_the_same_in_any_three_pieces) {
    for (const conversation& each : conversations) {
        for (std::size_t first = 0; first <= each.bytes.size(); ++first) {
            for (std::size_t second = first; second <= each.bytes.size(); second += 3) {
                fed_reader reader;
                reader.feed(each.bytes.substr(0, first));
                reader.feed(each.bytes.substr(first, second - first));
                reader.feed(each.bytes.substr(second));
                if (reader.result() == each.expected) continue;
                BOOST_ERROR(each.what << ", cut at " << first << " and " << second << ": " << reader.result());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(many_empty_lines_before_a_request_are_read_alike_however_they_arrive) {
    for (const unsigned lines : {2U, 3U, 4U, 9U}) {
        std::string bytes;
        for (unsigned i = 0; i < lines; ++i) bytes += "\r\n";
        bytes += "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n";
        BOOST_TEST_CONTEXT(lines << " empty lines") BOOST_TEST(read_byte_by_byte(bytes) == read_whole(bytes));
    }
}

BOOST_AUTO_TEST_CASE(chunk_extensions_about_their_limit_are_read_alike_however_they_arrive) {
    for (std::size_t size = net::request_parser::max_chunk_extras - 6;
         size <= net::request_parser::max_chunk_extras + 2; ++size) {
        const std::string bytes = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" +
                                  std::string(size, 'e') + "\r\nhello\r\n0\r\n\r\n";
        BOOST_TEST_CONTEXT("an extension of " << size) BOOST_TEST(read_byte_by_byte(bytes) == read_whole(bytes));
    }
}

BOOST_AUTO_TEST_CASE(many_trailers_are_read_alike_however_they_arrive) {
    for (const unsigned trailers : {10U, 300U, 700U, 1000U, 3000U}) {
        std::string bytes = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
        for (unsigned i = 0; i < trailers; ++i) bytes += "a: b\r\n";
        bytes += "\r\n";
        BOOST_TEST_CONTEXT(trailers << " trailers") BOOST_TEST(read_byte_by_byte(bytes) == read_whole(bytes));
    }
}

BOOST_AUTO_TEST_CASE(many_small_chunks_are_one_body) {
    std::string bytes = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 1000; ++i) bytes += "1\r\nx\r\n";
    bytes += "0\r\n\r\n";
    const std::string expected = "POST /a chunked [" + std::string(1000, 'x') + "]\n";
    BOOST_TEST(read_whole(bytes, 1000) == expected);
    BOOST_TEST(read_byte_by_byte(bytes, 1000) == expected);
    BOOST_TEST(read_whole(bytes, 999) == "body too large");
    BOOST_TEST(read_byte_by_byte(bytes, 999) == "body too large");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
