// What the recorder of exchanges understands of what tests send.

#include "tests/support/sent_requests.hpp"

#include "tests/support/exchange_recorder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

std::string taken(sent_requests& from) {
    const auto next = from.take();
    return next ? next->method + ' ' + next->target + ' ' + next->body : "none";
}

std::string first_of(std::string_view bytes) {
    sent_requests sent;
    sent.add(bytes);
    return taken(sent);
}

constexpr std::string_view get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(requests_that_were_sent)

BOOST_AUTO_TEST_CASE(are_taken_one_after_another_however_they_were_sent) {
    sent_requests sent;
    for (const char& byte : std::string("POST /a HTTP/1.1\r\ncontent-LENGTH:  3 \r\n\r\n{a}")) sent.add({&byte, 1});
    sent.add(get);
    sent.add(get);
    BOOST_TEST(taken(sent) == "POST /a {a}");
    BOOST_TEST(taken(sent) == "GET /health ");
    BOOST_TEST(taken(sent) == "GET /health ");
    BOOST_TEST(taken(sent) == "none");
}

BOOST_AUTO_TEST_CASE(may_have_chunks) {
    sent_requests sent;
    sent.add("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{a\r\n1\r\n}\r\n0\r\nTrailer: t\r\n\r\n");
    sent.add(get);
    BOOST_TEST(taken(sent) == "POST /a {a}");
    BOOST_TEST(taken(sent) == "GET /health ");
}

BOOST_AUTO_TEST_CASE(may_have_a_body_that_is_on_its_way_and_are_the_last_then) {
    sent_requests sent;
    sent.add("POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n{a");
    BOOST_TEST(taken(sent) == "POST /a {a");
    sent.add(get);
    BOOST_TEST(taken(sent) == "none");
    BOOST_TEST(first_of("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{") == "POST /a ");
}

BOOST_AUTO_TEST_CASE(are_lost_when_a_mebibyte_has_no_answer) {
    sent_requests sent;
    for (std::size_t bytes = 0; bytes <= sent_requests::most_bytes; bytes += get.size()) sent.add(get);
    BOOST_TEST(taken(sent) == "none");
}

BOOST_AUTO_TEST_CASE(are_none_where_they_are_not_to_be_understood) {
    for (const char* bytes : {"", "GET /", "garbage\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "GET /\r\n\r\n",
                              "GET / HTTP/2\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: one\r\n\r\n"})
        BOOST_TEST_CONTEXT(bytes) BOOST_TEST(first_of(bytes) == "none");
}

BOOST_AUTO_TEST_CASE(went_to_the_server_that_had_the_port_then) {
    constexpr std::uint16_t port = 1;
    const std::string before = exchange_recorder::listener_at(port);
    BOOST_TEST(exchange_recorder::listener_at(port) == before);
    exchange_recorder::began_to_listen(port);
    BOOST_TEST(exchange_recorder::listener_at(port) != before);
    BOOST_TEST(exchange_recorder::listener_at(port + 1) != exchange_recorder::listener_at(port));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
