#include "net/metrics/request_counters.hpp"

#include <algorithm>
#include <chrono>

namespace pusherd::net {
namespace {

// What another server has answered may be none of ours: then the first of its kind.
std::size_t index_of(unsigned status) noexcept {
    const auto* found = std::find(statuses.begin(), statuses.end(), status);
    if (found == statuses.end()) found = std::find(statuses.begin(), statuses.end(), status / 100 * 100);
    const auto index = static_cast<std::size_t>(found - statuses.begin());
    return std::min(index, statuses.size() - 1);
}

}  // namespace

void request_counters::count_answer(endpoint route, unsigned status, clock::duration time) noexcept {
    of_route& counted = routes_[static_cast<std::size_t>(route)];
    counted.by_status[index_of(status)].add();
    const auto microseconds = std::chrono::ceil<std::chrono::microseconds>(time).count();
    counted.times.add(static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)));
}

}  // namespace pusherd::net
