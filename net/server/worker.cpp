#include "net/server/worker.hpp"

#include "domain/wipe.hpp"
#include "net/server/coarse_clock.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace pusherd::net {
namespace {

constexpr clock::rep nobody_waits = clock::time_point::max().time_since_epoch().count();
constexpr std::chrono::seconds sweep_interval{1};
// What a burst of requests took is kept for the next one, within reason: some 33 KB each.
constexpr std::size_t spare_workspaces = 64;
constexpr std::size_t output_worth_keeping = 2 * server_settings::output_bytes;

}  // namespace

worker::worker(const server_settings& settings, domain::store& store, rate_limiter& set_rate, domain::logger& log,
               connection_count& connections)
    : settings_(settings),
      log_(log),
      connections_(connections),
      loop_([this](const std::exception_ptr& failure) { log_failure(failure); }),
      handler_(settings.api, store, set_rate, log, *this),
      longest_waiting_since_(nobody_waits) {
    loop_.set_tick(sweep_interval, [this] { sweep(); });
    loop_.set_before_wait([this] { before_wait(); });
}

worker::~worker() { join(); }

void worker::start() {
    thread_ = std::thread([this] { loop_.run(); });
}

// One connection's fault, such as no memory: the others go on.
void worker::log_failure(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
        log_.write(domain::severity::error, "a connection failed: out of memory");
    } catch (const std::exception& error) {
        log_.write(domain::severity::error, std::string("a connection failed: ") + error.what());
    } catch (...) {
        log_.write(domain::severity::error, "a connection failed");
    }
}

void worker::join() {
    if (!thread_.joinable()) return;
    loop_.post([this] { ending_ = true; });
    thread_.join();
}

void worker::before_wait() {
    // Requests that arrived together were answered from one snapshot, while nothing newer had been committed.
    handler_.rest();
    // A connection whose set the store has lives until that is answered, whatever has become of it.
    if (ending_ && sessions_.empty()) loop_.stop();
}

void worker::adopt(connection_socket socket) {
    loop_.post([this, socket = std::move(socket)]() mutable { adopt_here(std::move(socket)); });
    ++on_their_way_;
}

void worker::adopt_here(connection_socket socket) {
    std::unique_ptr<session> adopted;
    try {
        adopted = std::make_unique<session>(*this, std::move(socket));
    } catch (...) {
        --on_their_way_;
        --connections_;  // from here on, the session does
        throw;
    }
    --on_their_way_;
    if (stopping_) adopted->stop();
    task<> served = adopted->serve();
    asio::co_spawn(loop_.get_executor(), std::move(served),
                   [this, session = std::move(adopted)](const std::exception_ptr& failure) { log_failure(failure); });
}

// One look at all deadlines of all connections.
void worker::sweep() {
    const auto now = coarse_now();
    for (session& each : sessions_) each.check_deadline(now);
    if (on_sweep_) on_sweep_();
}

void worker::stop_sessions() {
    loop_.post([this] {
        stopping_ = true;
        for (session& each : sessions_) each.stop();
    });
}

void worker::abort_sessions() {
    loop_.post([this] {
        for (session& each : sessions_) each.abort();
    });
}

task<bool> worker::evict_waiting_since(clock::time_point since) {
    if (waiting_.empty() || waiting_.front().waiting_since() > since) co_return false;
    session& evicted = waiting_.front();
    end_waiting(evicted);
    evicted.abort();
    co_return true;
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

std::unique_ptr<workspace> worker::take_workspace() {
    if (spare_workspaces_.empty()) return std::unique_ptr<workspace>(new workspace);  // not (): no need to zero it
    auto work = std::move(spare_workspaces_.back());
    spare_workspaces_.pop_back();
    return work;
}

void worker::give_back(std::unique_ptr<workspace> work) {
    work->input.wipe();
    domain::wipe(work->request.token);
    if (spare_workspaces_.size() >= spare_workspaces) return;
    work->output.clear();
    if (work->output.capacity() > output_worth_keeping) std::string().swap(work->output);
    work->set.reset();
    work->reader.reset();
    work->reader.shrink();
    spare_workspaces_.push_back(std::move(work));
}

void worker::on_set_done(pending_set& set) noexcept {
    bool is_first = false;
    {
        const std::lock_guard lock(answered_mutex_);
        is_first = answered_ == nullptr;
        set.next_answered = std::exchange(answered_, &set);
    }
    // The sets of a batch are answered together, at the price of one wake-up.
    if (is_first) loop_.post([this] { resume_answered(); });
}

void worker::resume_answered() {
    pending_set* latest = nullptr;
    {
        const std::lock_guard lock(answered_mutex_);
        latest = std::exchange(answered_, nullptr);
    }
    pending_set* first = nullptr;
    while (latest != nullptr) {
        pending_set* const rest = std::exchange(latest->next_answered, first);
        first = std::exchange(latest, rest);
    }
    while (first != nullptr) {
        pending_set* const next = first->next_answered;  // the set's life may end with its answer
        first->waiter->on_answered();
        first = next;
    }
}

}  // namespace pusherd::net
