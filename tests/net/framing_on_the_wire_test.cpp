// What is no request is 400, what is too large a head 431, and either way the connection ends.

#include "tests/net/wire.hpp"

#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

using namespace std::string_view_literals;

struct nonsense {
    std::string_view what;
    std::string_view bytes;
};

std::string head_of_size(std::size_t bytes) {
    const std::string begin = "GET /health HTTP/1.1\r\nHost: x\r\nA: ";
    return begin + std::string(bytes - begin.size() - 4, 'a') + "\r\n\r\n";
}

std::string head_with_fields(std::size_t count) {
    std::string head = "GET /health HTTP/1.1\r\nHost: x\r\n";
    for (std::size_t i = 1; i < count; ++i) head += "A: b\r\n";
    return head + "\r\n";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(framing_on_the_wire, running_server)

BOOST_AUTO_TEST_CASE(what_is_no_request_is_400_and_the_connection_ends) {
    constexpr nonsense table[] = {
        {"garbage", "\x01\x02\x03\xff\xfe"},
        {"words", "hello there\r\n\r\n"},
        {"a TLS ClientHello", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"sv},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"HTTP/0.9", "GET /\r\n\r\n"},
        {"the authority form", "CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"the asterisk form of GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"a fragment", "GET /health# HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"no Host", "GET /health HTTP/1.1\r\n\r\n"},
        {"two Hosts", "GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
        {"obs-fold", "GET /health HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"},
        {"a bare LF", "GET /health HTTP/1.1\nHost: x\n\n"},
        {"a bare CR", "GET /health HTTP/1.1\rHost: x\r\r"},
        {"a NUL", "GET /health HTTP/1.1\r\nHost: \0\r\n\r\n"sv},
        {"a space before the colon", "GET /health HTTP/1.1\r\nHost : x\r\n\r\n"},
        {"two equal lengths", "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"},
        {"a signed length", "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n"},
        {"a negative length", "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"},
        {"a length with a space", "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1 0\r\n\r\n"},
        {"a length with a comma", "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n"},
        {"both framings",
         "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"gzip", "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"},
        {"gzip, chunked", "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {"chunked twice",
         "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n"},
        {"chunked in HTTP/1.0", "GET /health HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"no size of a chunk", "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n"},
        {"a signed size of a chunk",
         "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n"},
        {"a huge size of a chunk",
         "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n0\r\n\r\n"},
        {"a chunk that is too long",
         "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n"},
    };
    for (const nonsense& each : table) {
        BOOST_TEST_CONTEXT(each.what) {
            http_connection connection(port());
            // What comes behind it is no request either: where one ends is not known.
            connection.send(std::string(each.bytes) + request("GET", "/health"));
            const answer got = connection.read_answer();
            BOOST_TEST(got.status == 400);
            BOOST_TEST(got.errcode().starts_with("M_"));
            BOOST_TEST(got.field("connection") == "close");
            BOOST_TEST(closes(connection));
        }
    }
    BOOST_TEST(client().get("/health").body == "OK");
}

BOOST_AUTO_TEST_CASE(a_huge_length_is_refused_without_waiting_for_it) {
    for (const char* length :
         {"65537", "4294967296", "18446744073709551615", "18446744073709551616", "99999999999999999999999"}) {
        const answer got =
            ask(*this, request("GET", "/health", {}, {}, "Content-Length: " + std::string(length) + "\r\n"));
        BOOST_TEST_CONTEXT(length)
        BOOST_TEST((got.status == 413 || (got.status == 400 && std::string_view(length).size() >= 20)));
    }
}

BOOST_AUTO_TEST_CASE(a_head_of_16384_bytes_passes_and_one_more_is_431) {
    http_connection connection(port());
    connection.send(head_of_size(16384) + head_of_size(16384) + head_of_size(16385));
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(connection.read_answer().status == 200);
    const answer got = connection.read_answer();
    BOOST_TEST(got.status == 431);
    BOOST_TEST(got.field("connection") == "close");
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(a_head_that_never_ends_is_431) {
    http_connection connection(port());
    connection.send("GET /" + std::string(20'000, 'a'));
    BOOST_TEST(connection.read_answer().status == 431);
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(a_head_of_100_fields_passes_and_one_more_is_431) {
    http_connection connection(port());
    connection.send(head_with_fields(100) + head_with_fields(101));
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(connection.read_answer().status == 431);
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(an_empty_chunked_body_that_arrives_byte_by_byte_is_read) {
    http_connection connection(port());
    connection.send("GET /health HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    BOOST_TEST(connection.read_answer().status == 100);
    for (const char byte : std::string_view("0\r\n\r\n")) {
        connection.send({&byte, 1});
        wait_until_at_rest();
    }
    BOOST_TEST(connection.read_answer().body == "OK");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
