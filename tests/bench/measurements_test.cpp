#include "bench/load/measurements.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace pusherd::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const load_clock::time_point epoch{};
const measured_span span{epoch + seconds(1), epoch + seconds(11)};

double to_ms(latency value) { return value.count() * 1e3; }

}  // namespace

BOOST_AUTO_TEST_SUITE(measuring)

BOOST_AUTO_TEST_CASE(percentiles_are_within_a_bin_of_one_percent_and_never_too_short) {
    latency_histogram histogram;
    for (int i = 1; i <= 10'000; ++i) histogram.add(latency(i * 1e-4));  // 0.1 ms to 1 s, evenly
    BOOST_TEST(histogram.count() == 10'000U);
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
        BOOST_TEST(histogram.percentile(share).count() >= share - 1e-9);
        BOOST_TEST(histogram.percentile(share).count() <= share * 1.0101);
    }
    BOOST_TEST(histogram.percentile(1).count() == 1.0);
    BOOST_TEST(histogram.largest().count() == 1.0);
}

BOOST_AUTO_TEST_CASE(nothing_measured_is_no_latency) {
    const latency_histogram histogram;
    BOOST_TEST(histogram.percentile(0.99).count() == 0.0);
    BOOST_TEST(histogram.cumulative().empty());
}

BOOST_AUTO_TEST_CASE(latencies_beyond_the_bins_count_all_the_same) {
    latency_histogram histogram;
    histogram.add(latency(0));
    histogram.add(latency(1e-9));
    histogram.add(latency(1000));
    BOOST_TEST(histogram.percentile(0.5).count() <= 1.02e-6);
    BOOST_TEST(histogram.percentile(1).count() == 1000.0);
    BOOST_TEST(histogram.count() == 3U);
}

BOOST_AUTO_TEST_CASE(only_what_lies_in_the_span_counts) {
    measurements measured(span);
    const auto add = [&](milliseconds started, milliseconds answered) {
        measured.add_right(request_kind::list, epoch + started, epoch + answered);
    };
    add(milliseconds(999), milliseconds(1001));       // meant for the warm-up
    add(milliseconds(1000), milliseconds(1010));      // the first
    add(milliseconds(10'990), milliseconds(10'999));  // the last
    add(milliseconds(10'990), milliseconds(11'000));  // too late
    BOOST_TEST(measured.answered() == 2U);
    BOOST_TEST(measured.answered(request_kind::list) == 2U);
    BOOST_TEST(measured.over_time().front()[request_kind::list] == 1U);
    BOOST_TEST(measured.over_time().back()[request_kind::list] == 1U);
    BOOST_TEST(to_ms(measured.latencies(request_kind::list).largest()) == 10.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(what_is_not_answered_by_the_end_has_waited_so_long_at_least) {
    measurements measured(span);
    measured.add_unfinished(request_kind::set, epoch + seconds(6));
    measured.add_unfinished(request_kind::set, epoch + milliseconds(500));  // of the warm-up
    BOOST_TEST(measured.unfinished() == 1U);
    BOOST_TEST(measured.answered() == 0U);
    BOOST_TEST(to_ms(measured.latencies(request_kind::set).largest()) == 5000.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_apart) {
    measurements measured(span);
    measured.add_refused(epoch + seconds(2), epoch + seconds(2) + milliseconds(5));
    measured.add_refused(epoch + milliseconds(500), epoch + seconds(2));  // meant for the warm-up
    measured.add_refused(epoch + seconds(10), epoch + seconds(11));       // too late
    BOOST_TEST(measured.refusals().count() == 1U);
    BOOST_TEST(to_ms(measured.refusals().largest()) == 5.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(measured.answered() == 0U);
    BOOST_TEST(measured.wrong() == 0U);
    measurements sum(span);
    sum.add(measured);
    sum.add(measured);
    BOOST_TEST(sum.refusals().count() == 2U);
}

BOOST_AUTO_TEST_CASE(each_cause_of_a_wrong_answer_is_counted) {
    measurements measured(span);
    measured.add_wrong(request_kind::set, verdict::wrong_status, 429);
    measured.add_wrong(request_kind::set, verdict::wrong_status, 429);
    measured.add_wrong(request_kind::list, verdict::wrong_body, 200);
    measured.add_lost(request_kind::list);
    measured.add_failed_connection("Connection refused");
    BOOST_TEST(measured.wrong() == 5U);
    BOOST_TEST(measured.wrong_by_cause().at("set: status 429") == 2U);
    BOOST_TEST(measured.wrong_by_cause().at("list: wrong body") == 1U);
    BOOST_TEST(measured.wrong_by_cause().at("list: no answer") == 1U);
    BOOST_TEST(measured.wrong_by_cause().at("connection: Connection refused") == 1U);
}

BOOST_AUTO_TEST_CASE(threads_add_up) {
    measurements one(span);
    measurements other(span);
    one.add_right(request_kind::list, epoch + seconds(2), epoch + seconds(3));
    other.add_right(request_kind::list, epoch + seconds(2), epoch + seconds(5));
    other.add_wrong(request_kind::list, verdict::wrong_body, 200);
    other.add_unfinished(request_kind::set, epoch + seconds(10));
    one.add(other);
    BOOST_TEST(one.answered() == 2U);
    BOOST_TEST(one.wrong() == 1U);
    BOOST_TEST(one.unfinished() == 1U);
    BOOST_TEST(one.latencies(request_kind::list).count() == 2U);
    BOOST_TEST(to_ms(one.latencies(request_kind::list).largest()) == 3000.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
