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

BOOST_AUTO_TEST_CASE(of_one_that_may_be_cut_the_beginning_is_all_of_it) {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    const std::string lengths[] = {"Content-Length: 99999999\r\n\r\nhello world", "\r\nhello world",
                                   "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nff\r\nlo world"};
    for (const std::string& each : lengths) BOOST_TEST_CONTEXT(each) {
            answer_reader cut({.bytes = 8, .is_cut = true});
            BOOST_TEST(cut.read(head + each) == "");
            BOOST_TEST_REQUIRE(cut.is_complete());
            BOOST_TEST(!cut.keeps_connection());
            const auto taken = cut.take();
            BOOST_TEST(taken.status == 200U);
            BOOST_TEST(taken.body == "hello wo");
        }
}

BOOST_AUTO_TEST_CASE(a_cut_one_is_the_same_byte_by_byte) {
    answer_reader cut({.bytes = 8, .is_cut = true});
    for (const char each : std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello wo")) {
        BOOST_TEST(!cut.is_complete());
        BOOST_TEST(cut.read({&each, 1}) == "");
    }
    BOOST_TEST_REQUIRE(cut.is_complete());
    BOOST_TEST(cut.take().body == "hello wo");
}

BOOST_AUTO_TEST_CASE(one_that_is_short_enough_is_not_cut) {
    answer_reader whole({.bytes = 8, .is_cut = true});
    BOOST_TEST(whole.read(answer) == "");
    BOOST_TEST_REQUIRE(whole.is_complete());
    BOOST_TEST(whole.keeps_connection());
    BOOST_TEST(whole.take().body == "hello");
    answer_reader broken({.bytes = 8, .is_cut = true});
    BOOST_TEST(broken.read("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello") == "");
    BOOST_TEST(!broken.is_complete());
    BOOST_TEST(broken.end() != "");
}

BOOST_AUTO_TEST_CASE(what_never_ends_is_not_read_for_ever) {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string piece(4096, 'a');
    for (const std::string& begin : {chunked + "1;", chunked + "0\r\na: ", chunked + "0\r\n"}) {
        for (const bool is_cut : {false, true}) {
            answer_reader endless({.bytes = 65536, .is_cut = is_cut});
            std::string problem = endless.read(begin);
            const std::string more = begin.ends_with("0\r\n") ? "b: " + piece + "\r\n" : piece;
            for (int i = 0; i < 1000 && problem.empty(); ++i) problem = endless.read(more);
            BOOST_TEST(problem != "", begin);
        }
    }
    answer_reader beginning;
    std::string problem;
    for (int i = 0; i < 100 && problem.empty(); ++i) problem = beginning.read("HTTP/1.1 100 Continue\r\n\r\n");
    BOOST_TEST(problem != "");
}

BOOST_AUTO_TEST_CASE(an_announced_length_is_not_believed) {
    answer_reader cut({.bytes = 8, .is_cut = true});
    BOOST_TEST(cut.read("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nhello wo") == "");
    BOOST_TEST_REQUIRE(cut.is_complete());
    BOOST_TEST(cut.take().body == "hello wo");
}

BOOST_AUTO_TEST_CASE(it_may_say_when_to_come_again) {
    read_well("HTTP/1.1 503 No\r\nretry-after: 120\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST_REQUIRE(reader.is_complete());
    BOOST_TEST(reader.retry_after() == "120");
    answer_reader silent;
    BOOST_TEST(silent.read(answer) == "");
    BOOST_TEST(silent.retry_after() == "");
    answer_reader interim;
    BOOST_TEST(interim.read("HTTP/1.1 103 X\r\nRetry-After: 1\r\n\r\n" + std::string(answer)) == "");
    BOOST_TEST(interim.retry_after() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
