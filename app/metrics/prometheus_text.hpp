#pragma once

#include "domain/counter.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::app {

/// Writes metrics in Prometheus' text format 0.0.4: a family, then its samples. By hand: the library of its field is
/// not to be had for a cross build beside the native one, and shares its counters between threads.
class prometheus_text {
public:
    using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// @param out appended to
    explicit prometheus_text(std::string& out) : out_(out) {}

    /// Begins a family.
    /// @param name as Prometheus wants it: with its unit, and `_total` if it counts
    /// @param type `counter`, `gauge` or `histogram`
    void family(std::string_view name, std::string_view type, std::string_view help);

    /// A sample of it.
    void sample(const labels& of, std::uint64_t value);
    void sample(std::uint64_t value) { sample({}, value); }
    void sample_seconds(const labels& of, double value);

    /// A histogram of it, by values in whole units.
    /// @param upper the bounds, ascending
    /// @param counts how many there are below each and above the one before, then those above all
    /// @param unit how many of them make one of the family's: 1,000,000 for microseconds in seconds
    template <class Bounds, class Counts>
    void histogram(std::string_view label, std::string_view label_value, const Bounds& upper, const Counts& counts,
                   std::uint64_t sum, double unit) {
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < upper.size(); ++i)
            bucket(label, label_value, number(static_cast<double>(upper[i]) / unit), below += counts[i]);
        bucket(label, label_value, "+Inf", below += counts[upper.size()]);
        end_of_histogram(label, label_value, static_cast<double>(sum) / unit, below);
    }

private:
    [[nodiscard]] static std::string number(double value);
    void bucket(std::string_view label, std::string_view label_value, std::string_view bound, std::uint64_t below);
    void end_of_histogram(std::string_view label, std::string_view label_value, double sum, std::uint64_t count);
    void line(std::string_view suffix, const labels& of, std::string_view value);

    std::string& out_;
    std::string name_;
};

}  // namespace pusherd::app
