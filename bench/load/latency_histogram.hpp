#pragma once

#include <boost/histogram/axis/regular.hpp>
#include <boost/histogram/histogram.hpp>
#include <boost/histogram/storage_adaptor.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

namespace pusherd::bench {

using latency = std::chrono::duration<double>;  ///< seconds

/// Latencies from a microsecond to a hundred seconds, in bins that are 1 % wide; the largest is kept exactly.
class latency_histogram {
public:
    latency_histogram();

    void add(latency value) {
        bins_(std::max(value.count(), shortest));
        largest_ = std::max(largest_, value);
    }

    /// Takes in what another one has counted.
    void add(const latency_histogram& other);

    [[nodiscard]] std::uint64_t count() const;

    /// The latency that this share of all stayed within, 0 < share <= 1; 0 if there are none.
    [[nodiscard]] latency percentile(double share) const;

    [[nodiscard]] latency largest() const noexcept { return largest_; }

    /// For plots: each bin that counted something, as its upper end and the share of all up to there.
    [[nodiscard]] std::vector<std::pair<latency, double>> cumulative() const;

private:
    using axis = boost::histogram::axis::regular<double, boost::histogram::axis::transform::log>;
    using storage = boost::histogram::dense_storage<std::uint64_t>;

    static constexpr double shortest = 1e-6;
    static constexpr double longest = 1e2;

    boost::histogram::histogram<std::tuple<axis>, storage> bins_;
    latency largest_{0};
};

}  // namespace pusherd::bench
