#include "net/pokes/delivery.hpp"

#include "domain/fixed_text.hpp"
#include "domain/text.hpp"
#include "net/pokes/bounds.hpp"
#include "net/pokes/outcomes.hpp"
#include "net/tls/credentials.hpp"
#include "net/wall_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <pthread.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace pusherd::net {
namespace {

using domain::delivery_failure;
using domain::failure_kind;
using domain::poke_result;
using domain::waiting_poke;

constexpr std::chrono::seconds report_interval{1};
constexpr std::chrono::minutes pause_of_unreadable{1};

// A file that is named is read at once: who has made a mistake there wants to know.
gateway_terms terms_of(const poke_delivery::options& how) {
    gateway_terms terms{.policy = how.policy, .allow_insecure = how.allow_insecure, .authorities = how.authorities};
    if (!how.authorities.empty() && !terms.prepare_tls().empty()) throw tls::unusable(terms.why_no_tls);
    return terms;
}

poke_result result_of(const waiting_poke& poke, poke_result::what came) {
    poke_result result = net::result_of(poke.to, came);
    result.number = poke.number;
    result.queued = poke.queued;
    return result;
}

domain::poke_device device_of(const waiting_poke& poke) {
    return {poke.to.key.app_id, poke.to.key.pushkey, poke.to.updated / 1000, poke.to.data};
}

// What it takes in a body at most: each byte of a key may be written as \u0000.
std::size_t device_bytes(const waiting_poke& poke) {
    constexpr std::size_t longest_escape = 6;
    constexpr std::size_t names = 128;
    const auto& key = poke.to.key;
    return poke.to.data.size() + poke.what.tweaks.size() + names +
           longest_escape * (key.app_id.size() + key.pushkey.size());
}

std::string body_of(const std::vector<waiting_poke>& group) {
    std::vector<domain::poke_device> devices;
    for (const waiting_poke& each : group) devices.push_back(device_of(each));
    return domain::render_poke(group.front().what, group.front().to.style, devices);
}

bool is_of_gateway(unsigned status) noexcept { return status / 100 == 5 || status == 429 || status == 408; }

bool is_written_down(const domain::poke_target& of, const delivery_failure& why) noexcept {
    return of.is_failing && of.failure == static_cast<std::uint8_t>(why.kind) && of.status == why.status;
}

}  // namespace

class poke_delivery::count_under_way {
public:
    explicit count_under_way(poke_delivery& of) noexcept : of_(of) { ++of_.under_way_; }
    ~count_under_way() { --of_.under_way_; }
    count_under_way(const count_under_way&) = delete;
    count_under_way& operator=(const count_under_way&) = delete;

private:
    poke_delivery& of_;
};

/// What is on its way to a gateway.
struct poke_delivery::request {
    explicit request(poke_delivery& by) noexcept : counted(by), schedule(by.schedule_) {}
    ~request() {
        if (is_settled) return;  // else there was no memory to begin with it, or to end
        for (const waiting_poke& each : group) schedule.failed(each.to.queue, pause_of_unreadable, clock::now());
    }
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    count_under_way counted;
    poke_schedule& schedule;
    clock::time_point began = clock::now();
    bool is_settled = false;
    std::string gateway_name;
    std::shared_ptr<gateway> where;
    std::string target;
    std::string body;
    std::vector<waiting_poke> group;  // those whom it tells
};

poke_delivery::poke_delivery(options how, domain::poke_store& store, domain::logger& log)
    : store_(store),
      log_(log),
      loop_([this](const std::exception_ptr& failure) { report("sending pokes", failure); }),
      terms_(terms_of(how)),
      reader_(store.open_poke_reader()),
      schedule_(how.limits),
      router_(*reader_, schedule_),
      noted_(store),
      results_(loop_, store, [this](const poke_result& stored) { take_result(stored); }),
      names_(loop_, std::move(how.look_up)),
      delivers_(how.delivers) {
    loop_.set_tick(poke_bounds::tick, [this] { tick(clock::now()); });
    loop_.set_before_wait([this] { work(); });
    if (delivers_) store_.tell_of_pokes(this);
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "pusherd-pokes");  // as top -H shows it
        loop_.run();
    });
}

poke_delivery::~poke_delivery() {
    if (delivers_) store_.tell_of_pokes(nullptr);
    loop_.post(end_call_);
    thread_.join();
}

void poke_delivery::ask_whether_alive() noexcept {
    is_alive_ = false;
    loop_.post(alive_call_);
}

void poke_delivery::change_policy(const domain::gateway_policy& policy, bool allow_insecure) {
    loop_.post([this, policy, allow_insecure] {
        terms_.policy = policy;
        terms_.allow_insecure = allow_insecure;
    });
}

void poke_delivery::on_waiting(std::span<const domain::woken_queue> queues) noexcept {
    router_.tell(queues);
    loop_.post(work_call_);
}

// The thread's whole work, in each turn of its loop.
void poke_delivery::work() noexcept {
    const auto now = clock::now();
    try {
        if (!is_stopping_ && may_deliver(now)) go_on(now);
    } catch (const std::exception&) {
        report("sending pokes", std::current_exception());
    }
    if (!has_stopped_) results_.flush(now);
    reader_->rest();
    if (!is_stopping_) return;
    const bool has_ended = may_end() && (is_aborted_ || results_.is_empty());
    if (has_ended && !has_stopped_) store_.end_delivering();
    if (has_ended) has_stopped_ = true;
    if (has_ended && is_ending_) loop_.stop();
}

bool poke_delivery::may_deliver(clock::time_point now) {
    if (delivers_ && !is_delivering_ && now >= next_attempt_) {
        next_attempt_ = now + poke_bounds::handover_interval;
        is_delivering_ = store_.begin_delivering();
        if (is_delivering_) noted_.take_over(*reader_);
    }
    return is_delivering_;
}

void poke_delivery::go_on(clock::time_point now) {
    look_for_more(now);
    send_more(now);
}

// Also as soon as one has been answered, and not after all that have been in this turn: while one is rendered here,
// the gateway works on another.
void poke_delivery::send_more(clock::time_point now) noexcept {
    if (is_stopping_ || !is_delivering_) return;
    // What ends before it has begun, as where nothing may be sent, comes here again.
    if (std::exchange(is_sending_more_, true)) return;
    while (results_.has_room()) {
        const auto queue = schedule_.take(now);
        if (!queue) break;
        try {
            begin(*queue);
        } catch (const std::exception&) {
            schedule_.failed(*queue, pause_of_unreadable, now);
            report("a poke cannot be sent", std::current_exception());
        }
    }
    is_sending_more_ = false;
}

// What cannot be read is no reason not to send the rest.
void poke_delivery::look_for_more(clock::time_point now) {
    try {
        if (router_.step(now)) loop_.post(work_call_);
    } catch (const std::exception&) {
        report("looking for pokes to send", std::current_exception());
    }
}

void poke_delivery::tick(clock::time_point now) noexcept {
    if (is_aborted_) names_.abort();
    names_.check_deadlines(now);
    for (const auto& [name, each] : gateways_) {
        if (is_aborted_) each->abort();
        each->check_deadlines(now);
    }
    std::erase_if(gateways_, [](const auto& each) { return each.second.use_count() == 1 && each.second->is_idle(); });
    schedule_.wake(now);
}

void poke_delivery::begin(const domain::queue_id& queue) {
    auto what = std::make_unique<request>(*this);
    what->group = reader_->oldest(queue);
    if (what->group.empty()) return schedule_.done(queue, false);
    const waiting_poke& first = what->group.front();
    what->is_settled = is_settled_unsent(first) || was_delivered(first) || is_elsewhere(first);
    if (what->is_settled) return;
    const auto& where = router_.gateway_of(first.to.url).where;
    what->gateway_name = schedule_.gateway_of(queue);
    choose_companions(what->group);
    if (!where) {
        settle_failed(*what, without_host(), {});
        what->is_settled = true;
        return;
    }
    what->where = gateway_at(*where);
    what->target = where->target;
    what->body = body_of(what->group);
    asio::co_spawn(loop_.get_executor(), send(std::move(what)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);  // to the loop, which logs it
    });
}

bool poke_delivery::is_settled_unsent(const waiting_poke& first) {
    using what = poke_result::what;
    const bool is_event = !first.what.event_id.empty();
    const bool is_stale =
        is_event && now_in_milliseconds() - first.queued > std::chrono::milliseconds(domain::oldest_event).count();
    const bool is_unconcerned = !domain::concerns(first.to.style, first.what);
    if (first.to.takes_pokes && !is_stale && !is_unconcerned) return false;
    schedule_.free_place(first.to.queue);
    results_.add(result_of(first, !first.to.takes_pokes ? what::unwanted : is_stale ? what::stale : what::dropped));
    statistics_.count(schedule_.gateway_of(first.to.queue), [](gateway_statistics& at) { ++at.dropped; });
    return true;
}

// By a process that was killed before it could say so.
bool poke_delivery::was_delivered(const waiting_poke& first) {
    const auto noted = noted_.take(first);
    if (!noted) return false;
    schedule_.free_place(first.to.queue);
    auto result = result_of(first, poke_result::what::delivered);
    result.at = noted->delivered;
    result.note = noted->note;
    results_.add(std::move(result));
    return true;
}

// Its URL has become another since it was put on the schedule.
bool poke_delivery::is_elsewhere(const waiting_poke& first) {
    const std::string& there = router_.gateway_of(first.to.url).name;
    if (there == schedule_.gateway_of(first.to.queue)) return false;
    if (!schedule_.move(first.to.queue, there)) router_.leave_out();
    return true;
}

// Those who may share the first one's request, as long as it does not grow too large.
void poke_delivery::choose_companions(std::vector<waiting_poke>& group) {
    std::size_t bytes = group.front().what.source.size() + device_bytes(group.front());
    const auto must_go = [&](const waiting_poke& each) {
        const std::size_t more = device_bytes(each);
        if (bytes + more > poke_bounds::body_bytes || noted_.know(each.to.queue)) return true;
        if (!schedule_.take_along(each.to.queue, group.front().to.queue)) return true;
        bytes += more;
        return false;
    };
    group.erase(std::remove_if(group.begin() + 1, group.end(), must_go), group.end());
}

std::shared_ptr<gateway> poke_delivery::gateway_at(const gateway_location& where) {
    auto& found = gateways_[where.name()];
    if (!found) found = std::make_shared<gateway>(loop_, terms_, names_, where);
    return found;
}

task<> poke_delivery::send(std::unique_ptr<request> what) {
    gateway_answer came;
    try {
        came = co_await what->where->post(what->target, what->body);
    } catch (const std::exception& failure) {  // no memory, no descriptor
        came.failure = {failure_kind::connection, 0, failure.what()};
    }
    if (!is_aborted_) settle(*what, std::move(came));
    what->is_settled = true;
    send_more(clock::now());
}

void poke_delivery::settle(const request& sent, gateway_answer came) {
    schedule_.free_place(sent.group.front().to.queue);
    if (!came.answer) return settle_failed(sent, came.failure, {});
    const auto& answer = *came.answer;
    const auto outcome = domain::outcome_of(answer.status, came.retry_after, answer.body, now_in_milliseconds());
    if (const auto* how = std::get_if<domain::delivered>(&outcome)) return settle_delivered(sent, *how);
    if (std::holds_alternative<domain::not_understood>(outcome))
        return settle_not_understood(sent, failure_of(answer.status));
    settle_failed(sent, failure_of(answer.status), std::get<domain::to_be_retried>(outcome));
}

void poke_delivery::settle_delivered(const request& sent, const domain::delivered& how) {
    if (schedule_.gateway_answered(sent.gateway_name, clock::now() - sent.began, clock::now()))
        tell_of_gateway(sent.gateway_name, nullptr);
    for (const waiting_poke& each : sent.group) {
        const bool is_rejected =
            std::find(how.rejected.begin(), how.rejected.end(), each.to.key.pushkey) != how.rejected.end();
        auto result = result_of(each, is_rejected ? poke_result::what::rejected : poke_result::what::delivered);
        if (!how.is_sound) result.failure = without_list();
        if (is_rejected) result.failure = {failure_kind::answer, 0, "the push gateway rejected the pushkey"};
        results_.add(std::move(result));
        statistics_.count(sent.gateway_name,
                          [&](gateway_statistics& at) { ++(is_rejected ? at.rejected : at.delivered); });
    }
}

// One that shares a request does not know for whom it was not understood: each tries alone first.
void poke_delivery::settle_not_understood(const request& sent, const delivery_failure& why) {
    if (schedule_.gateway_answered(sent.gateway_name, clock::now() - sent.began, clock::now()))
        tell_of_gateway(sent.gateway_name, nullptr);
    for (const waiting_poke& each : sent.group) {
        const bool is_alone = sent.group.size() == 1;
        const bool is_last = is_alone && schedule_.count_not_understood(each.to.queue, each.number) >=
                                             domain::tries_of_what_is_not_understood;
        if (!is_last) {
            pause(each, why, {});
            continue;
        }
        auto result = result_of(each, poke_result::what::dropped);
        result.failure = why;
        results_.add(std::move(result));
        statistics_.count(sent.gateway_name, [](gateway_statistics& at) { ++at.dropped; });
    }
}

void poke_delivery::settle_failed(const request& sent, const delivery_failure& why, const domain::to_be_retried& when) {
    // What one pusher may not do says nothing of the gateway, and where nothing may be sent, it was not even asked.
    const bool is_gateways =
        why.kind == failure_kind::status ? is_of_gateway(why.status) : why.kind != failure_kind::blocked;
    const auto wished = when.after.value_or(std::chrono::seconds(0));
    if (is_gateways && schedule_.gateway_failed(sent.gateway_name, wished, clock::now()))
        tell_of_gateway(sent.gateway_name, &why);
    for (const waiting_poke& each : sent.group) pause(each, why, when);
    statistics_.count(sent.gateway_name, [&](gateway_statistics& at) {
        at.failed[static_cast<std::size_t>(why.kind)] += sent.group.size();
    });
}

void poke_delivery::pause(const waiting_poke& poke, const delivery_failure& why, const domain::to_be_retried& when) {
    std::uniform_real_distribution<double> share(0, 1);
    const auto length = domain::pause_after(schedule_.failures(poke.to.queue) + 1, when.after, share(chance_));
    schedule_.failed(poke.to.queue, length, clock::now());
    if (is_written_down(poke.to, why)) return;
    auto result = result_of(poke, poke_result::what::failed);
    result.failure = why;
    results_.add(std::move(result));
}

// What failed is back on the schedule already; and one that was sent for a test never came from there.
void poke_delivery::take_result(const poke_result& stored) {
    if (stored.came == poke_result::what::failed || stored.number == 0) return;
    schedule_.done(stored.queue, stored.waiting != 0);
}

void poke_delivery::tell_of_gateway(const std::string& gateway, const delivery_failure* why) noexcept {
    const auto now = clock::now();
    if (now - last_told_ < report_interval) return;
    last_told_ = now;
    if (why == nullptr)
        log_.write(domain::severity::info, domain::short_line{"push gateway ", gateway, " answers again"});
    else
        log_.write(domain::severity::warning, domain::short_line{"push gateway ", gateway, " fails: ", why->text,
                                                                 ": what is for it waits, and is tried now and then"});
}

void poke_delivery::report(std::string_view what, const std::exception_ptr& failure) noexcept {
    const auto now = clock::now();
    if (now - last_report_ < report_interval) return;
    last_report_ = now;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        log_.write(domain::severity::error, domain::short_line{what, ": ", error.what()});
    } catch (...) {
        log_.write(domain::severity::error, domain::short_line{what, ": unknown error"});
    }
}

}  // namespace pusherd::net
