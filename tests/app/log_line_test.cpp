// What a line of the log looks like, byte for byte, and that no message breaks it.

#include "app/logging/log_line.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string>

namespace pusherd::app {
namespace {

using domain::severity;

constexpr std::timespec noon{.tv_sec = 1'795'694'400, .tv_nsec = 7'999'999};  // 2026-11-26T12:00:00.007Z

std::string line(severity how_much, std::string_view message, log_line_style style = {}) {
    return std::string(make_log_line(how_much, message, style, noon).view());
}

std::string message_in_json(std::string_view message) {
    const std::string text = line(severity::info, message, {.format = log_format::json});
    return std::string(boost::json::parse(text).at("message").as_string());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lines_of_the_log)

BOOST_AUTO_TEST_CASE(a_line_says_when_how_grave_and_what) {
    BOOST_TEST(line(severity::info, "ready") == "2026-11-26T12:00:00.007Z info ready\n");
    BOOST_TEST(line(severity::notice, "ready") == "2026-11-26T12:00:00.007Z info ready\n");
    BOOST_TEST(line(severity::debug, "x") == "2026-11-26T12:00:00.007Z debug x\n");
    BOOST_TEST(line(severity::warning, "x") == "2026-11-26T12:00:00.007Z warning x\n");
    BOOST_TEST(line(severity::error, "x") == "2026-11-26T12:00:00.007Z error x\n");
    BOOST_TEST(line(severity::critical, "x") == "2026-11-26T12:00:00.007Z critical x\n");
}

BOOST_AUTO_TEST_CASE(milliseconds_have_three_digits) {
    const auto at = [](long nanoseconds) {
        const std::timespec when{.tv_sec = noon.tv_sec, .tv_nsec = nanoseconds};
        return std::string(make_log_line(severity::info, "", {}, when).view().substr(19, 5));
    };
    BOOST_TEST(at(0) == ".000Z");
    BOOST_TEST(at(10'000'000) == ".010Z");
    BOOST_TEST(at(999'999'999) == ".999Z");
}

BOOST_AUTO_TEST_CASE(json_has_the_same_three) {
    BOOST_TEST(line(severity::error, R"(no "disk" under \srv)", {.format = log_format::json}) ==
               R"({"time":"2026-11-26T12:00:00.007Z","level":"error","message":"no \"disk\" under \\srv"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(the_journal_gets_a_priority_and_no_time) {
    const log_line_style journal{.is_for_journal = true};
    BOOST_TEST(line(severity::debug, "x", journal) == "<7>x\n");
    BOOST_TEST(line(severity::info, "x", journal) == "<6>x\n");
    BOOST_TEST(line(severity::notice, "x", journal) == "<6>x\n");
    BOOST_TEST(line(severity::warning, "x", journal) == "<4>x\n");
    BOOST_TEST(line(severity::error, "x", journal) == "<3>x\n");
    BOOST_TEST(line(severity::critical, "x", journal) == "<2>x\n");
    BOOST_TEST(line(severity::error, "x", {.format = log_format::json, .is_for_journal = true}) ==
               "<3>{\"time\":\"2026-11-26T12:00:00.007Z\",\"level\":\"error\",\"message\":\"x\"}\n");
}

BOOST_AUTO_TEST_CASE(no_message_breaks_a_line) {
    BOOST_TEST(line(severity::info, "a\nb\x1b[0m\xff \xc3\xa9") ==
               "2026-11-26T12:00:00.007Z info a\\x0ab\\x1b[0m\\xff \xc3\xa9\n");
    BOOST_TEST(message_in_json("a\nb\xff\"\\\xc3\xa9") == "a\\x0ab\\xff\"\\\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(whatever_the_message_a_line_is_whole_and_fits_a_pipe) {
    std::mt19937 random(26);
    for (int i = 0; i < 2000; ++i) {
        std::string message(random() % 1500, '\0');
        const unsigned kind = static_cast<unsigned>(random()) % 3;  // only control characters, quotes, or anything
        for (char& c : message) c = kind == 0 ? '\x01' : kind == 1 ? '"' : static_cast<char>(random());
        const std::string text =
            line(severity::critical, message, {.format = log_format::json, .is_for_journal = true});
        BOOST_TEST(text.size() <= std::size_t{PIPE_BUF});
        BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
        BOOST_TEST(text.back() == '\n');
        BOOST_CHECK_NO_THROW(boost::json::parse(std::string_view(text).substr(3)));
        const std::string plain = line(severity::critical, message);
        BOOST_TEST(plain.size() <= std::size_t{PIPE_BUF});
        BOOST_TEST(std::count(plain.begin(), plain.end(), '\n') == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::app
