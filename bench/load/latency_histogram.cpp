#include "bench/load/latency_histogram.hpp"

#include <cmath>
#include <numeric>

namespace pusherd::bench {
namespace {

constexpr double bin_width = 0.01;

unsigned bins_between(double shortest, double longest) {
    return static_cast<unsigned>(std::ceil(std::log(longest / shortest) / std::log1p(bin_width)));
}

}  // namespace

latency_histogram::latency_histogram()
    : bins_(std::make_tuple(axis(bins_between(shortest, longest), shortest, longest)), storage()) {}

void latency_histogram::add(const latency_histogram& other) {
    bins_ += other.bins_;
    largest_ = std::max(largest_, other.largest_);
}

std::uint64_t latency_histogram::count() const { return std::accumulate(bins_.begin(), bins_.end(), std::uint64_t{0}); }

latency latency_histogram::percentile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count())));
    std::uint64_t seen = 0;
    for (int i = 0; i < bins_.axis().size(); ++i) {
        seen += bins_.at(i);
        // The upper end of the bin: no latency is told shorter than it was.
        if (seen >= wanted && seen != 0) return std::min(latency(bins_.axis().value(i + 1)), largest_);
    }
    return largest_;
}

std::vector<std::pair<latency, double>> latency_histogram::cumulative() const {
    std::vector<std::pair<latency, double>> out;
    const auto all = static_cast<double>(count());
    std::uint64_t seen = 0;
    for (int i = 0; i < bins_.axis().size(); ++i) {
        if (bins_.at(i) == 0) continue;
        seen += bins_.at(i);
        out.emplace_back(std::min(latency(bins_.axis().value(i + 1)), largest_), static_cast<double>(seen) / all);
    }
    return out;
}

}  // namespace pusherd::bench
