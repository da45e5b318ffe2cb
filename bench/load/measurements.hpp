#pragma once

#include "bench/load/answer_check.hpp"
#include "bench/load/latency_histogram.hpp"
#include "bench/load/request_kind.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pusherd::bench {

using load_clock = std::chrono::steady_clock;

/// When is measured: what was meant to start before the warm-up's end does not count, nor what starts after the end.
struct measured_span {
    load_clock::time_point begin;
    load_clock::time_point end;
    [[nodiscard]] std::chrono::duration<double> length() const noexcept { return end - begin; }
};

/// What one thread saw, and then, added up, all of them.
class measurements {
public:
    /// Throughput over time is counted in this many steps.
    static constexpr std::size_t steps = 100;

    explicit measurements(const measured_span& span) : span_(span), over_time_(steps) {}

    /// A right answer; one that comes after the end is none yet, see add_unfinished().
    /// @param started when the request was sent or, in an open loop, when it was meant to be
    void add_right(request_kind kind, load_clock::time_point started, load_clock::time_point answered);

    /// One that the server would not carry out at this moment, and said so.
    void add_refused(load_clock::time_point started, load_clock::time_point answered);

    /// A wrong one; at any time, the warm-up included.
    void add_wrong(request_kind kind, verdict how, int status);

    /// A request that was never answered, because its connection failed, or in all the time that was measured.
    void add_lost(request_kind kind) { ++wrong_[to_key(kind, "no answer")]; }

    /// A request that has waited up to the end of the run for its answer, or to be sent at all. It waited that long at
    /// least: left out, an overloaded server would look faster than it is. One that was sent before the
    /// measured time is lost, if that is a second at least.
    void add_unfinished(request_kind kind, load_clock::time_point started);

    /// A connection that could not be made.
    void add_failed_connection(const std::string& why) { ++wrong_["connection: " + why]; }

    void add(const measurements& other);

    [[nodiscard]] const measured_span& span() const noexcept { return span_; }
    [[nodiscard]] const latency_histogram& latencies(request_kind kind) const noexcept { return latencies_[kind]; }
    [[nodiscard]] std::uint64_t answered(request_kind kind) const noexcept { return answered_[kind]; }
    [[nodiscard]] std::uint64_t answered() const noexcept;
    /// Those of all kinds.
    [[nodiscard]] const latency_histogram& refusals() const noexcept { return refusals_; }
    [[nodiscard]] std::uint64_t unfinished() const noexcept { return unfinished_; }
    [[nodiscard]] std::uint64_t wrong() const noexcept;
    /// What went wrong, and how often.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& wrong_by_cause() const noexcept { return wrong_; }
    [[nodiscard]] const std::vector<by_kind<std::uint64_t>>& over_time() const noexcept { return over_time_; }

private:
    static std::string to_key(request_kind kind, const std::string& what) {
        return std::string(to_string(kind)) + ": " + what;
    }

    measured_span span_;
    by_kind<latency_histogram> latencies_;
    by_kind<std::uint64_t> answered_;
    latency_histogram refusals_;
    std::vector<by_kind<std::uint64_t>> over_time_;
    std::map<std::string, std::uint64_t> wrong_;
    std::uint64_t unfinished_ = 0;
};

}  // namespace pusherd::bench
