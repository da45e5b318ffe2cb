#pragma once

#include "domain/logger.hpp"
#include "domain/store.hpp"
#include "net/api/administration.hpp"
#include "net/api/admitted_request.hpp"
#include "net/api/answerer.hpp"
#include "net/api/identification.hpp"
#include "net/api/mas_calls.hpp"
#include "net/api/pending_change.hpp"
#include "net/api/poke_requests.hpp"
#include "net/api/rate_limiter.hpp"
#include "net/api/refusal.hpp"
#include "net/api/routes.hpp"
#include "net/api/settings.hpp"
#include "net/asio.hpp"
#include "net/http/request_head.hpp"
#include "net/metrics/metrics_page.hpp"
#include "net/metrics/request_counters.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// The API: checks and answers requests, in the order of checks that the documentation gives. Knows neither sockets
/// nor coroutines. One a thread. Nothing here throws: what fails, such as storage, or for want of memory, is answered
/// with a 500, for which `out` must have response_writer::room_for_an_answer.
class request_handler {
public:
    /// What it works with; all of it must outlive it.
    struct parts {
        domain::store& store;
        rate_limiter& set_rate;
        domain::logger& log;
        answer_carrier& carrier;
        request_counters& counters;
        metrics_page* metrics = nullptr;      ///< none: nobody asks for them
        authenticator* validators = nullptr;  ///< none: the store alone knows access tokens
        mas_calls* mas = nullptr;             ///< none: MAS does not call here
        poke_service* pokes = nullptr;        ///< none: nobody sends pokes
    };

    request_handler(const api_settings& settings, const parts& with);

    /// Checks a head, before a byte of the body is read: route, declared length, access token, rate.
    /// @param request what was admitted, in place of what it was before, if nothing is returned
    /// @param of what the listener serves that it came by
    /// Where a question is left in `request`, it is to be put to the validators, and go_on_admitting() comes next.
    [[nodiscard]] std::optional<refusal> admit(const request_head& head, surface of,
                                               admitted_request& request) noexcept;

    /// The same, once the validators have answered.
    [[nodiscard]] std::optional<refusal> go_on_admitting(admitted_request& request) noexcept;

    /// Puts the request's question to the validators, its call to the homeserver behind, or its test to who sends.
    void ask(admitted_request& request, answer_waiter& waiter) noexcept;

    /// What came of a request: its answer; a change on its way to the disk; a question to others, by ask(), with whose
    /// answer it is to be handled again; or a part of it, and others are to have their turn before it is.
    enum class progress : std::uint8_t { answered, committing, asking, going_on };

    /// Carries a request out, or goes on with it, and appends the answer to `out`; what must be written is left in
    /// `change`, on its way to the disk, to be answered by answer_change().
    /// @param request moved from where that spares a copy
    /// @param close the connection ends after this answer
    [[nodiscard]] progress handle(admitted_request& request, std::string_view body, bool close,
                                  change_under_way& change, std::string& out) noexcept;

    /// Appends the answer to a change that the store has answered; or there is more to do, and it is to be handled
    /// again.
    [[nodiscard]] progress answer_change(const admitted_request& request, const change_under_way& change, bool close,
                                         std::string& out) noexcept;

    /// Refuses requests that have not come so far as to be handled.
    [[nodiscard]] answerer& refusing() noexcept { return answerer_; }

    /// To be called when there is nothing to do.
    void rest() noexcept { reader_->rest(); }

    /// Bytes that the body of this request may have.
    [[nodiscard]] std::size_t max_body(const admitted_request& request) const noexcept {
        return request.target == endpoint::notify ? settings_.max_notify_body : settings_.max_body;
    }

private:
    template <class Check>
    [[nodiscard]] std::optional<refusal> guarded(Check&& check) noexcept;
    [[nodiscard]] std::optional<refusal> check_head(const request_head& head, surface of, admitted_request& request);
    [[nodiscard]] std::optional<refusal> check_requester(admitted_request& request);
    [[nodiscard]] progress check_owner(admitted_request& request, const domain::set_command& command, bool close,
                                       std::string& out);
    [[nodiscard]] progress handle_set(admitted_request& request, std::string_view body, bool close,
                                      change_under_way& change, std::string& out);
    [[nodiscard]] domain::result<domain::set_command> command_of(const admitted_request& request,
                                                                 std::string_view body) const;
    [[nodiscard]] progress administer(admitted_request& request, std::string_view body, bool close,
                                      change_under_way& change, std::string& out);
    [[nodiscard]] progress handle_pokes(admitted_request& request, std::string_view body, bool close, std::string& out);
    [[nodiscard]] bool submit(change_under_way& change);
    [[nodiscard]] std::optional<refusal> check_mas(const request_head& head, admitted_request& request);
    [[nodiscard]] progress handle_mas_call(admitted_request& request, std::string_view body, bool close,
                                           change_under_way& change, std::string& out);
    [[nodiscard]] progress answer_mas_call(const admitted_request& request, const pending_session_end& change,
                                           bool close, std::string& out) noexcept;
    [[nodiscard]] progress answer_as_relayed(const admitted_request& request, bool close, std::string& out);
    void answer_set(const admitted_request& request, const pending_set& set, bool close, std::string& out) noexcept;
    template <class Change>
    void answer_admin_change(const admitted_request& request, const Change& change, bool close,
                             std::string& out) noexcept;
    progress refuse_for_want_of_room(const admitted_request& request, bool close, std::string& out) noexcept;
    void refuse_set(const admitted_request& request, const domain::error& why, bool close, std::string& out) noexcept;
    [[nodiscard]] progress list_pushers(admitted_request& request, bool close, std::string& out);
    void answer_constant(const admitted_request& request, bool close, std::string& out);
    void answer_metrics(const admitted_request& request, bool close, std::string& out);

    const api_settings& settings_;
    parts with_;
    std::unique_ptr<domain::store_reader> reader_;
    identification identification_;
    administration administration_;
    poke_requests poke_requests_;
    answerer answerer_;
};

}  // namespace pusherd::net
