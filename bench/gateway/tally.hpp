#pragma once

#include "bench/gateway/received_notification.hpp"
#include "bench/gateway/verdict.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::bench {

/// How many different texts there were, among millions: by hashes of 64 bits, up to a bound.
class distinct_count {
public:
    /// @return whether it is a new one, as far as can be told
    bool add(std::uint64_t hash);

    [[nodiscard]] std::size_t value() const noexcept { return seen_.size(); }
    /// Whether there were more, which nobody knows.
    [[nodiscard]] bool is_full() const noexcept { return seen_.size() >= most; }

private:
    static constexpr std::size_t most = std::size_t{1} << 25;  // some 600 MB

    boost::unordered_flat_set<std::uint64_t> seen_;
};

/// What has come, and how it was answered. One thread.
class tally {
public:
    using clock = std::chrono::steady_clock;

    /// A notification.
    void add(const received_notification& what, const verdict& said, clock::time_point when);

    /// Any other request, such as one that cannot be read.
    void add_other(const verdict& said);

    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
    [[nodiscard]] std::uint64_t pokes() const noexcept { return pokes_; }

    /// All of it in one line: `3 requests, 4 pokes (1 repeated), 2 events; answered 200: 2, 503: 1`.
    [[nodiscard]] std::string to_line() const;

    /// The same, and how fast it came, from the first request to the last.
    [[nodiscard]] std::string to_last_line() const;

private:
    std::uint64_t requests_ = 0;
    std::uint64_t others_ = 0;
    std::uint64_t pokes_ = 0;
    std::uint64_t repeated_ = 0;  // pokes of the same device with the same event
    distinct_count events_;
    distinct_count pokes_of_events_;
    std::map<std::pair<manner, unsigned>, std::uint64_t> outcomes_;
    clock::time_point first_{};
    clock::time_point last_{};
};

}  // namespace pusherd::bench
