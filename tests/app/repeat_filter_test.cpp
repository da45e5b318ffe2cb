// What is held back of a log that repeats itself.

#include "app/logging/repeat_filter.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::app {
namespace {

using namespace std::chrono_literals;

const repeat_filter::clock::time_point start{1000s};

unsigned written(repeat_filter& filter, const std::string& message, unsigned times,
                 repeat_filter::clock::time_point when) {
    unsigned count = 0;
    for (unsigned i = 0; i < times; ++i) count += filter.count(message, when).is_to_be_written ? 1U : 0U;
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(repeats_of_the_log)

BOOST_AUTO_TEST_CASE(ten_of_the_same_are_written_in_ten_seconds) {
    repeat_filter filter;
    BOOST_TEST(written(filter, "the disk is full", 1000, start) == 10U);
    BOOST_TEST(written(filter, "the disk is full", 1000, start + 9s) == 0U);
}

BOOST_AUTO_TEST_CASE(the_next_one_tells_how_many_were_held_back) {
    repeat_filter filter;
    (void)written(filter, "the disk is full", 1000, start);
    const auto next = filter.count("the disk is full", start + 10s);
    BOOST_TEST(next.is_to_be_written);
    BOOST_TEST(next.held_back == 990U);
    BOOST_TEST(filter.count("the disk is full", start + 10s).held_back == 0U);
    BOOST_TEST(written(filter, "the disk is full", 1000, start + 11s) == 8U);
}

BOOST_AUTO_TEST_CASE(another_text_counts_for_itself) {
    repeat_filter filter;
    BOOST_TEST(written(filter, "the disk is full", 1000, start) == 10U);
    BOOST_TEST(written(filter, "the map is full", 3, start) == 3U);
    BOOST_TEST(written(filter, "", 1000, start) == 10U);
}

BOOST_AUTO_TEST_CASE(texts_that_take_turns_are_held_back_all_the_same) {
    repeat_filter filter;
    unsigned count = 0;
    for (int i = 0; i < 100; ++i)
        for (int text = 0; text < 32; ++text) count += written(filter, "failure " + std::to_string(text), 1, start);
    BOOST_TEST(count == 320U);
}

BOOST_AUTO_TEST_CASE(texts_that_differ_all_come) {
    repeat_filter filter;
    for (int i = 0; i < 1000; ++i) BOOST_TEST(filter.count("line " + std::to_string(i), start).is_to_be_written);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::app
