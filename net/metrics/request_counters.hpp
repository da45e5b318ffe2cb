#pragma once

#include "domain/counter.hpp"
#include "domain/rules.hpp"
#include "net/api/refusal.hpp"
#include "net/api/routes.hpp"
#include "net/asio.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pusherd::net {

/// Upper bounds of the time that an answer takes, in microseconds.
inline constexpr domain::histogram<14>::bounds answer_times{
    50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 250'000, 1'000'000, 5'000'000, 30'000'000};
using answer_time_histogram = domain::histogram<answer_times.size()>;

/// The statuses that pusherd sends.
inline constexpr std::array<unsigned, 13> statuses{200, 204, 400, 401, 403, 404, 405, 408, 413, 429, 431, 500, 503};

/// What one I/O thread has answered. That thread counts, any may look.
class request_counters {
public:
    /// @param route endpoint::unknown where the request was refused before that was known
    /// @param time from the turn of the event loop in which the request came in whole, to its answer
    void count_answer(endpoint route, unsigned status, clock::duration time) noexcept;
    void count_refusal(refusal_reason reason) noexcept { refusals_[static_cast<std::size_t>(reason)].add(); }
    void count_outcome(domain::outcome outcome) noexcept { outcomes_[static_cast<std::size_t>(outcome)].add(); }

    /// @param status an index into `statuses`
    [[nodiscard]] std::uint64_t answers(endpoint route, std::size_t status) const noexcept {
        return of(route).by_status[status].value();
    }
    [[nodiscard]] const answer_time_histogram& times(endpoint route) const noexcept { return of(route).times; }
    [[nodiscard]] std::uint64_t refusals(refusal_reason reason) const noexcept {
        return refusals_[static_cast<std::size_t>(reason)].value();
    }
    [[nodiscard]] std::uint64_t outcomes(domain::outcome outcome) const noexcept {
        return outcomes_[static_cast<std::size_t>(outcome)].value();
    }

private:
    struct of_route {
        std::array<domain::counter, statuses.size()> by_status;
        answer_time_histogram times{answer_times};
    };

    [[nodiscard]] const of_route& of(endpoint route) const noexcept { return routes_[static_cast<std::size_t>(route)]; }

    std::array<of_route, endpoints> routes_;
    std::array<domain::counter, refusal_reasons> refusals_;
    std::array<domain::counter, domain::outcomes> outcomes_;
};

}  // namespace pusherd::net
