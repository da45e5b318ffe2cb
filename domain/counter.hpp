#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

/// What a thread counts for others to look at. Only one thread may count; any may look. So that counting costs what an
/// addition costs: no other core wants the line, and no instruction is locked.
namespace pusherd::domain {

/// A number that only grows.
class counter {
public:
    void add(std::uint64_t how_much = 1) noexcept { value_.store(value() + how_much, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

/// How many values fell below each of some bounds, and what they sum up to, in whole units of the caller's.
template <std::size_t Bounds>
class histogram {
public:
    using bounds = std::array<std::uint64_t, Bounds>;

    /// @param upper ascending; a value that equals a bound is below it, as Prometheus has it (`le`)
    explicit constexpr histogram(const bounds& upper) noexcept : upper_(&upper) {}

    void add(std::uint64_t value) noexcept {
        const auto* const found = std::lower_bound(upper_->begin(), upper_->end(), value);
        counts_[static_cast<std::size_t>(found - upper_->begin())].add();
        sum_.add(value);
    }

    [[nodiscard]] const bounds& upper() const noexcept { return *upper_; }

    /// How many there are below each bound and above the one before, then those above all.
    [[nodiscard]] std::array<std::uint64_t, Bounds + 1> counts() const noexcept {
        std::array<std::uint64_t, Bounds + 1> seen;
        for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = counts_[i].value();
        return seen;
    }
    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_.value(); }

private:
    const bounds* upper_;  // of static storage
    std::array<counter, Bounds + 1> counts_{};
    counter sum_;
};

}  // namespace pusherd::domain
