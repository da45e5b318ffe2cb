// Answers of upstream servers, in pieces, broken off, and wrong.

#include "net/upstream/answer_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

struct reading {
    answer_reader reader;

    void read_well(std::string_view bytes) { BOOST_TEST(reader.read(bytes) == ""); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(answers, reading)

BOOST_AUTO_TEST_CASE(a_whole_one_is_read_and_leaves_the_connection) {
    read_well(answer);
    BOOST_TEST_REQUIRE(reader.is_complete());
    BOOST_TEST(reader.keeps_connection());
    const auto taken = reader.take();
    BOOST_TEST(taken.status == 200U);
    BOOST_TEST(taken.body == "hello");
}

BOOST_AUTO_TEST_CASE(so_is_one_that_comes_byte_by_byte) {
    for (const char each : answer) read_well({&each, 1});
    BOOST_TEST_REQUIRE(reader.is_complete());
    BOOST_TEST(reader.take().body == "hello");
}

BOOST_AUTO_TEST_CASE(chunks_are_put_together) {
    read_well("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
    BOOST_TEST_REQUIRE(reader.is_complete());
    const auto taken = reader.take();
    BOOST_TEST(taken.status == 401U);
    BOOST_TEST(taken.body == "hello");
}

BOOST_AUTO_TEST_CASE(interim_answers_are_passed_over) {
    read_well("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    BOOST_TEST(!reader.is_complete());
    read_well("HTTP/1.1 100 Continue\r\n\r\n" + std::string(answer));
    BOOST_TEST_REQUIRE(reader.is_complete());
    BOOST_TEST(reader.take().status == 200U);
}

BOOST_AUTO_TEST_CASE(one_may_end_with_its_connection) {
    read_well("HTTP/1.1 200 OK\r\n\r\nhel");
    read_well("lo");
    BOOST_TEST(!reader.is_complete());
    BOOST_TEST(reader.end() == "");
    BOOST_TEST(!reader.keeps_connection());
    BOOST_TEST(reader.take().body == "hello");
}

BOOST_AUTO_TEST_CASE(one_that_is_broken_off_is_none) {
    for (const std::string_view part : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"}) {
        answer_reader broken;
        BOOST_TEST(broken.read(part) == "");
        BOOST_TEST(broken.end() != "");
    }
}

BOOST_AUTO_TEST_CASE(what_comes_behind_it_belongs_to_nobody) {
    read_well(std::string(answer) + "HTTP/1.1 200 OK\r\n");
    BOOST_TEST_REQUIRE(reader.is_complete());
    BOOST_TEST(!reader.keeps_connection());
}

BOOST_AUTO_TEST_CASE(who_wants_to_close_is_not_kept) {
    read_well("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST_REQUIRE(reader.is_complete());
    BOOST_TEST(!reader.keeps_connection());
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_or_too_long_is_refused) {
    BOOST_TEST(answer_reader().read("SSH-2.0-OpenSSH_9.2\r\n") != "");
    BOOST_TEST(answer_reader().read("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n") != "");
    const std::string endless(32 * 1024, 'x');
    BOOST_TEST(answer_reader().read("HTTP/1.1 200 OK\r\nX: " + endless) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
