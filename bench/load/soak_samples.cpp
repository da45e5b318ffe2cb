#include "bench/load/soak_samples.hpp"

#include <algorithm>
#include <span>

namespace pusherd::bench {
namespace {

constexpr std::size_t fewest_samples = 6;

double median(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace

const std::vector<soak_measure>& soak_measures() {
    constexpr double megabyte = 1e6;
    static const std::vector<soak_measure> all{{"resident", "MB", &soak_sample::resident_bytes, megabyte, 0},
                                               {"private", "MB", &soak_sample::private_bytes, megabyte, 0.05},
                                               {"open files", "", &soak_sample::open_files, 1, 1},
                                               {"reader slots", "", &soak_sample::reader_slots, 1, 1},
                                               {"data file", "MB", &soak_sample::file_bytes, megabyte, 0}};
    return all;
}

std::chrono::duration<double> settling_time(std::chrono::duration<double> length) {
    return std::min<std::chrono::duration<double>>(length / 3, std::chrono::minutes(10));
}

flatness judge(const std::vector<soak_sample>& samples, const soak_measure& what,
               std::chrono::duration<double> settled) {
    std::vector<double> values;
    for (const soak_sample& each : samples)
        if (each.at >= settled) values.push_back(static_cast<double>(each.*what.value) / what.divisor);
    if (values.size() < fewest_samples) return {};
    const std::span<const double> all(values);
    flatness found{.earlier = median(all.first(all.size() / 2)), .later = median(all.subspan(all.size() / 2))};
    found.is_flat = found.later <= found.earlier + std::max(found.earlier * flatness::most_growth, what.tolerance);
    return found;
}

}  // namespace pusherd::bench
