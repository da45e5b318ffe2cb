// The text format of metrics.

#include "app/metrics/prometheus_text.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace pusherd::app {

BOOST_AUTO_TEST_SUITE(prometheus_texts)

BOOST_AUTO_TEST_CASE(a_family_is_told_before_its_samples) {
    std::string out;
    prometheus_text to(out);
    to.family("pusherd_sets_total", "counter", "Sets.");
    to.sample({{"outcome", "created"}, {"status", "200"}}, 18446744073709551615U);
    to.family("pusherd_connections", "gauge", "Connections.");
    to.sample(3);
    BOOST_TEST(out ==
               "# HELP pusherd_sets_total Sets.\n"
               "# TYPE pusherd_sets_total counter\n"
               "pusherd_sets_total{outcome=\"created\",status=\"200\"} 18446744073709551615\n"
               "# HELP pusherd_connections Connections.\n"
               "# TYPE pusherd_connections gauge\n"
               "pusherd_connections 3\n");
}

BOOST_AUTO_TEST_CASE(values_of_labels_are_escaped) {
    std::string out;
    prometheus_text to(out);
    to.family("x", "gauge", "X.");
    out.clear();
    to.sample({{"l", "a\"b\\c\nd"}}, 1);
    BOOST_TEST(out == "x{l=\"a\\\"b\\\\c\\nd\"} 1\n");
}

BOOST_AUTO_TEST_CASE(a_histogram_adds_up_from_bound_to_bound) {
    std::string out;
    prometheus_text to(out);
    to.family("t_seconds", "histogram", "T.");
    out.clear();
    const std::array<std::uint64_t, 2> bounds{50, 2'500'000};
    const std::array<std::uint64_t, 3> counts{1, 2, 4};
    to.histogram("route", "list", bounds, counts, 1'500'000, 1e6);
    BOOST_TEST(out ==
               "t_seconds_bucket{route=\"list\",le=\"5e-05\"} 1\n"
               "t_seconds_bucket{route=\"list\",le=\"2.5\"} 3\n"
               "t_seconds_bucket{route=\"list\",le=\"+Inf\"} 7\n"
               "t_seconds_sum{route=\"list\"} 1.5\n"
               "t_seconds_count{route=\"list\"} 7\n");
    out.clear();
    to.histogram({}, {}, bounds, counts, 0, 1);
    BOOST_TEST(out.find("t_seconds_bucket{le=\"50\"} 1\n") != std::string::npos, out);
    BOOST_TEST(out.find("t_seconds_count 7\n") != std::string::npos, out);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::app
