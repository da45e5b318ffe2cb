// Pokes that are sent to see whether they arrive: beside the schedule, for somebody waits for the answer.

#include "net/pokes/bounds.hpp"
#include "net/pokes/delivery.hpp"
#include "net/pokes/outcomes.hpp"
#include "net/wall_clock.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace pusherd::net {
namespace {

using domain::failure_kind;
using verdict = poke_test_outcome::verdict;

// One of no room, that no homeserver can have: its name says what it is.
constexpr std::string_view test_notification =
    R"({"event_id":"$THIS_IS_A_FAKE_EVENT_ID","room_id":"!room:domain","prio":"high"})";

std::string test_body(const domain::poke_target& to) {
    domain::notification what;
    what.event_id = "$THIS_IS_A_FAKE_EVENT_ID";
    what.source = test_notification;
    const domain::poke_device device{to.key.app_id, to.key.pushkey, to.updated / 1000, to.data};
    return domain::render_poke(what, to.style, {&device, 1});
}

poke_test_outcome outcome_of_answer(const gateway_answer& came, const domain::poke_target& to) {
    poke_test_outcome outcome;
    if (!came.answer) {
        outcome.failure = came.failure;
        return outcome;
    }
    const auto& answer = *came.answer;
    outcome.status = static_cast<std::uint16_t>(answer.status);
    const auto meaning = domain::outcome_of(answer.status, came.retry_after, answer.body, now_in_milliseconds());
    const auto* delivered = std::get_if<domain::delivered>(&meaning);
    if (delivered == nullptr) {
        outcome.failure = failure_of(answer.status);
        return outcome;
    }
    const auto& rejected = delivered->rejected;
    const bool is_rejected = std::find(rejected.begin(), rejected.end(), to.key.pushkey) != rejected.end();
    outcome.what = is_rejected ? verdict::rejected : verdict::delivered;
    if (!delivered->is_sound) outcome.failure = without_list();
    return outcome;
}

}  // namespace

void poke_delivery::test(pending_poke_test& what) noexcept {
    waiting_tests_.put(what);
    loop_.post(tests_call_);
}

void poke_delivery::take_tests() noexcept {
    for (awaited* first = waiting_tests_.take_all(); first != nullptr;) {
        auto& what = static_cast<pending_poke_test&>(*std::exchange(first, first->next));
        if (tests_ >= poke_bounds::tests || is_stopping_) {
            what.finish({verdict::busy});
            continue;
        }
        ++tests_;
        ++under_way_;
        try {
            asio::co_spawn(loop_.get_executor(), carry_test(what), [](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);  // to the loop, which logs it
            });
        } catch (const std::exception&) {  // no memory
            --under_way_;
            --tests_;
            what.finish({verdict::busy});
        }
    }
}

task<> poke_delivery::carry_test(pending_poke_test& what) {
    poke_test_outcome outcome;
    try {
        auto to = reader_->find_pusher(what.user_id, what.key);
        if (!to || to->url.empty())
            outcome.what = verdict::unknown;
        else
            outcome = co_await send_test(std::move(*to));
    } catch (const std::exception& failure) {
        outcome.failure = {failure_kind::connection, 0, failure.what()};
    }
    --under_way_;
    --tests_;
    what.finish(std::move(outcome));
}

task<poke_test_outcome> poke_delivery::send_test(domain::poke_target to) {
    const auto where = gateway_location::parse(to.url);
    poke_test_outcome outcome;
    if (!where) {
        outcome.failure = without_host();
        co_return outcome;
    }
    const auto began = clock::now();
    const std::shared_ptr<gateway> at = gateway_at(*where);
    std::string body = test_body(to);
    const gateway_answer came = co_await at->post(where->target, std::move(body), poke_bounds::test_timeout);
    outcome = outcome_of_answer(came, to);
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - began);
    if (outcome.what == verdict::rejected) results_.add(result_of(to, domain::poke_result::what::rejected));
    co_return outcome;
}

}  // namespace pusherd::net
