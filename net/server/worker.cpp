#include "net/server/worker.hpp"

#include "domain/fixed_text.hpp"
#include "net/server/coarse_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <pthread.h>

#include <exception>
#include <new>
#include <utility>

namespace pusherd::net {
namespace {

constexpr clock::rep nobody_waits = clock::time_point::max().time_since_epoch().count();
constexpr std::chrono::seconds sweep_interval{1};

}  // namespace

worker::worker(const server_settings& settings, const parts& with)
    : settings_(settings),
      log_(with.log),
      connections_(with.connections),
      loop_([this](const std::exception_ptr& failure) { log_failure(failure); }),
      handler_(settings_.api, {.store = with.store,
                               .set_rate = with.set_rate,
                               .log = with.log,
                               .carrier = *this,
                               .counters = counters_,
                               .metrics = with.metrics,
                               .validators = with.validators,
                               .mas = with.mas,
                               .pokes = with.pokes}),
      longest_waiting_since_(nobody_waits) {
    last_words_.reserve(response_writer::room_for_an_answer);
    loop_.set_tick(sweep_interval, [this] { sweep(); });
    loop_.set_before_wait([this] { before_wait(); });
}

worker::~worker() {
    join();
    for (arrival* first = arrivals_.take_all(); first != nullptr;)
        const std::unique_ptr<arrival> never_served(std::exchange(first, first->next));
}

void worker::start() {
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "pusherd-io");  // as top -H shows it
        loop_.run();
    });
}

// One connection's fault, such as no memory: the others go on.
void worker::log_failure(const std::exception_ptr& failure) noexcept {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        log_failure("a connection failed: ", error);
    } catch (...) {
        log_.write(domain::severity::error, "a connection failed");
    }
}

void worker::log_failure(std::string_view what, const std::exception& failure) noexcept {
    const bool is_memory = dynamic_cast<const std::bad_alloc*>(&failure) != nullptr;
    log_.write(domain::severity::error,
               domain::short_line{what, is_memory ? std::string_view("out of memory") : failure.what()});
}

void worker::join() {
    if (!thread_.joinable()) return;
    loop_.post(end_call_);
    thread_.join();
}

void worker::before_wait() {
    // Requests that arrived together were answered from one snapshot, while nothing newer had been committed.
    handler_.rest();
    // A connection whose set the store has lives until that is answered, whatever has become of it.
    if (ending_ && sessions_.empty() && guests_ == 0) loop_.stop();
}

void worker::change_settings(std::unique_ptr<server_settings> changed) noexcept {
    {
        const std::lock_guard lock(changed_mutex_);
        changed_ = std::move(changed);
    }
    loop_.post(change_call_);
}

// On this thread, between two requests: whoever looks at a setting sees it whole, and without a lock.
void worker::adopt_settings() noexcept {
    const std::lock_guard lock(changed_mutex_);
    if (changed_) settings_ = std::move(*std::exchange(changed_, nullptr));
}

void worker::ask_whether_alive() noexcept {
    is_alive_ = false;
    loop_.post(alive_call_);
}

void worker::adopt(connection_socket&& socket, const connection_terms& terms) {
    auto arrived = std::make_unique<arrival>(std::move(socket), terms);  // without memory, it has not moved
    ++on_their_way_;
    arrivals_.put(*arrived.release());
    loop_.post(arrivals_call_);
}

void worker::adopt_arrivals() noexcept {
    for (arrival* first = arrivals_.take_all(); first != nullptr;) {
        const std::unique_ptr<arrival> arrived(std::exchange(first, first->next));
        --on_their_way_;
        try {
            adopt_here(*arrived);
        } catch (const std::exception& failure) {
            log_failure("a connection failed: ", failure);
        }
    }
}

void worker::adopt_here(arrival& arrived) {
    if (aborting_) {  // its socket closes with it
        --connections_;
        return;
    }
    std::unique_ptr<session> adopted;
    try {
        adopted = std::make_unique<session>(*this, std::move(arrived.socket), arrived.terms);
    } catch (const std::bad_alloc&) {
        if (arrived.terms.credentials == nullptr) turn_away(arrived.socket);
        --connections_;  // from here on, the session does
        throw;
    }
    if (stopping_) adopted->stop();
    if (leaving_) adopted->leave();
    task<> served = adopted->serve();
    asio::co_spawn(loop_.get_executor(), std::move(served),
                   [this, session = std::move(adopted)](const std::exception_ptr& failure) { log_failure(failure); });
}

std::string_view worker::last_words_of(const refusal& no) noexcept {
    last_words_.clear();
    handler_.refusing().refuse_unasked(no, last_words_);
    return last_words_;
}

// One look at all deadlines of all connections, and at what a crowd has left behind.
void worker::sweep() {
    const auto now = coarse_now();
    for (session& each : sessions_) each.check_deadline(now);
    workspaces_.trim();
    if (on_sweep_) on_sweep_();
}

void worker::stop_here() noexcept {
    stopping_ = true;
    for (session& each : sessions_) each.stop();
}

void worker::leave_here() noexcept {
    leaving_ = true;
    for (session& each : sessions_) each.leave();
}

void worker::abort_here() noexcept {
    aborting_ = true;
    for (session& each : sessions_) each.abort();
}

bool worker::evict_waiting_since(clock::time_point since) noexcept {
    if (waiting_.empty() || waiting_.front().waiting_since() > since) return false;
    session& evicted = waiting_.front();
    end_waiting(evicted);
    evicted.abort();
    return true;
}

clock::time_point worker::longest_waiting_since() const noexcept {
    return clock::time_point(clock::duration(longest_waiting_since_.load(std::memory_order_relaxed)));
}

void worker::begin_waiting(session& waiting) {
    waiting_.push_back(waiting);
    if (&waiting_.front() == &waiting) publish_longest_waiting();
}

void worker::end_waiting(session& waiting) {
    const bool was_longest = &waiting_.front() == &waiting;
    waiting_.erase(waiting_.iterator_to(waiting));
    if (was_longest) publish_longest_waiting();
}

void worker::publish_longest_waiting() noexcept {
    const clock::rep since =
        waiting_.empty() ? nobody_waits : waiting_.front().waiting_since().time_since_epoch().count();
    longest_waiting_since_.store(since, std::memory_order_relaxed);
}

// The changes of a batch are answered together, at the price of one wake-up; so are those who asked about one token.
void worker::on_answer(awaited& answered) noexcept {
    answered_.put(answered);
    loop_.post(answered_call_);
}

void worker::resume_answered() noexcept {
    for (awaited* first = answered_.take_all(); first != nullptr;) {
        awaited* const next = first->next;  // its life may end with its answer
        try {
            first->waiter->on_answered();
        } catch (const std::exception& failure) {  // the others are answered all the same
            log_failure("a connection failed: ", failure);
        }
        first = next;
    }
}

}  // namespace pusherd::net
