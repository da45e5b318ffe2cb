// What is counted for metrics.

#include "domain/counter.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

namespace pusherd::domain {
namespace {

constexpr histogram<3>::bounds bounds{10, 20, 50};

template <class Histogram>
std::vector<std::uint64_t> counts_of(const Histogram& counted) {
    const auto counts = counted.counts();
    return {counts.begin(), counts.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counters)

BOOST_AUTO_TEST_CASE(a_counter_grows) {
    counter counted;
    BOOST_TEST(counted.value() == 0U);
    counted.add();
    counted.add(41);
    BOOST_TEST(counted.value() == 42U);
}

BOOST_AUTO_TEST_CASE(a_value_that_equals_a_bound_is_below_it) {
    histogram<3> counted(bounds);
    for (const std::uint64_t value : {0U, 10U, 11U, 20U, 21U, 50U, 51U, 1000U}) counted.add(value);
    BOOST_TEST(counts_of(counted) == (std::vector<std::uint64_t>{2, 2, 2, 2}), boost::test_tools::per_element());
    BOOST_TEST(counted.sum() == 0U + 10 + 11 + 20 + 21 + 50 + 51 + 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
