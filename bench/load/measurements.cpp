#include "bench/load/measurements.hpp"

#include <numeric>

namespace pusherd::bench {
namespace {

// A server that says nothing for so long is silent, not slow.
constexpr std::chrono::seconds worth_an_answer{1};

}  // namespace

void measurements::add_right(request_kind kind, load_clock::time_point started, load_clock::time_point answered) {
    if (answered >= span_.end) return add_unfinished(kind, started);
    if (started < span_.begin) return;
    latencies_[kind].add(answered - started);
    ++answered_[kind];
    const double share = std::chrono::duration<double>(answered - span_.begin) / span_.length();
    ++over_time_[std::min(static_cast<std::size_t>(share * steps), steps - 1)][kind];
}

void measurements::add_refused(load_clock::time_point started, load_clock::time_point answered) {
    if (started < span_.begin || answered >= span_.end) return;
    refusals_.add(answered - started);
}

void measurements::add_wrong(request_kind kind, verdict how, int status) {
    ++wrong_[to_key(kind, how == verdict::wrong_status ? "status " + std::to_string(status) : "wrong body")];
}

void measurements::add_unfinished(request_kind kind, load_clock::time_point started) {
    if (started >= span_.end) return;
    if (started < span_.begin) {
        if (span_.end - span_.begin >= worth_an_answer) add_lost(kind);
        return;
    }
    latencies_[kind].add(span_.end - started);
    ++unfinished_;
}

void measurements::add(const measurements& other) {
    for (const request_kind kind : request_kinds) {
        latencies_[kind].add(other.latencies_[kind]);
        answered_[kind] += other.answered_[kind];
        for (std::size_t i = 0; i < steps; ++i) over_time_[i][kind] += other.over_time_[i][kind];
    }
    refusals_.add(other.refusals_);
    for (const auto& [cause, count] : other.wrong_) wrong_[cause] += count;
    unfinished_ += other.unfinished_;
}

std::uint64_t measurements::answered() const noexcept {
    std::uint64_t all = 0;
    for (const request_kind kind : request_kinds) all += answered_[kind];
    return all;
}

std::uint64_t measurements::wrong() const noexcept {
    return std::accumulate(wrong_.begin(), wrong_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& each) { return sum + each.second; });
}

}  // namespace pusherd::bench
