#pragma once

#include "domain/logger.hpp"
#include "net/api/admitted_request.hpp"
#include "net/api/refusal.hpp"
#include "net/api/settings.hpp"
#include "net/http/response.hpp"
#include "net/metrics/request_counters.hpp"

#include <string>
#include <string_view>

namespace pusherd::net {

/// Appends answers to `out`, and counts and logs each. What it is made of must outlive it. One a thread.
class answerer {
public:
    answerer(const api_settings& settings, request_counters& counters, domain::logger& log) noexcept
        : settings_(settings), counters_(counters), log_(log) {}

    /// Throws bad_alloc.
    void json(const admitted_request& request, std::string_view body, bool close, std::string& out,
              unsigned status = 200);

    void no_content(const admitted_request& request, bool close, std::string& out) noexcept;

    /// A refusal; a 500 if there is no memory for it, for which `out` must have response_writer::room_for_an_answer.
    void refuse(const admitted_request& request, const refusal& no, bool is_head, bool close,
                std::string& out) noexcept;

    /// The same for somebody who has not been able to ask: it is no answer of a route.
    void refuse_unasked(const refusal& no, std::string& out) noexcept;

    /// For answers that have something of their own, which are to be noted.
    [[nodiscard]] response_writer& writer() noexcept { return writer_; }

    /// Counts an answer that has been written, and logs it where requests are logged.
    void note(const admitted_request& request, unsigned status) noexcept;

private:
    [[nodiscard]] unsigned write_refusal(const refusal& no, bool is_head, bool close, std::string& out) noexcept;

    const api_settings& settings_;
    request_counters& counters_;
    domain::logger& log_;
    response_writer writer_;
};

}  // namespace pusherd::net
