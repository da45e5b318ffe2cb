// What counts as flat.

#include "bench/load/soak_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

namespace pusherd::bench {
namespace {

using seconds = std::chrono::duration<double>;

const soak_measure& measure(const char* name) {
    for (const soak_measure& each : soak_measures())
        if (each.name == name) return each;
    throw std::logic_error(name);
}

// A minute, a sample a second, of which twenty seconds are for settling.
std::vector<soak_sample> a_minute_of(const std::function<double(int second)>& value) {
    std::vector<soak_sample> samples;
    for (int second = 0; second < 60; ++second) {
        const auto number = static_cast<std::uint64_t>(value(second));
        samples.push_back({.at = seconds(second),
                           .resident_bytes = number,
                           .private_bytes = number,
                           .open_files = number,
                           .reader_slots = number,
                           .file_bytes = number});
    }
    return samples;
}

bool is_flat(const char* name, const std::function<double(int second)>& value) {
    return judge(a_minute_of(value), measure(name), settling_time(seconds(60))).is_flat;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(soak_samples)

BOOST_AUTO_TEST_CASE(a_third_and_at_most_ten_minutes_are_for_settling) {
    BOOST_TEST(settling_time(seconds(60)).count() == 20);
    BOOST_TEST(settling_time(std::chrono::minutes(30)).count() == 600);
    BOOST_TEST(settling_time(std::chrono::hours(24)).count() == 600);
}

BOOST_AUTO_TEST_CASE(what_stays_or_shrinks_is_flat) {
    for (const soak_measure& each : soak_measures()) {
        BOOST_TEST(is_flat(each.name.c_str(), [](int) { return 5'000'000; }), each.name);
        BOOST_TEST(is_flat(each.name.c_str(), [](int second) { return 5'000'000 - 50'000 * second; }), each.name);
    }
}

BOOST_AUTO_TEST_CASE(what_grows_is_not_flat) {
    for (const soak_measure& each : soak_measures())
        BOOST_TEST(!is_flat(each.name.c_str(), [](int second) { return 5'000'000 + 50'000 * second; }), each.name);
    BOOST_TEST(!is_flat("open files", [](int second) { return 20 + second / 5; }));
}

BOOST_AUTO_TEST_CASE(what_grows_while_it_settles_is_flat) {
    BOOST_TEST(is_flat("resident", [](int second) { return 5'000'000 + 100'000 * std::min(second, 20); }));
}

BOOST_AUTO_TEST_CASE(a_peak_now_and_then_is_flat) {
    BOOST_TEST(is_flat("resident", [](int second) { return second % 7 == 0 ? 9'000'000 : 5'000'000; }));
    BOOST_TEST(is_flat("open files", [](int second) { return second % 7 == 0 ? 90 : 40; }));
}

BOOST_AUTO_TEST_CASE(one_open_file_more_is_no_growth_and_two_are) {
    BOOST_TEST(is_flat("open files", [](int second) { return second < 40 ? 10 : 11; }));
    BOOST_TEST(!is_flat("open files", [](int second) { return second < 40 ? 10 : 12; }));
}

BOOST_AUTO_TEST_CASE(nothing_is_flat_without_samples_to_tell_it_by) {
    BOOST_TEST(!judge({}, measure("resident"), seconds(0)).is_flat);
    const auto samples = a_minute_of([](int) { return 1; });
    BOOST_TEST(!judge(samples, measure("resident"), seconds(56)).is_flat);
    BOOST_TEST(judge(samples, measure("resident"), seconds(54)).is_flat);
}

BOOST_AUTO_TEST_CASE(the_medians_are_told_in_the_measures_unit) {
    const flatness found = judge(a_minute_of([](int second) { return 1'000'000 * (second < 40 ? 3 : 4); }),
                                 measure("data file"), settling_time(seconds(60)));
    BOOST_TEST(found.earlier == 3);
    BOOST_TEST(found.later == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
