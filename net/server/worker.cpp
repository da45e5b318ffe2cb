#include "net/server/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

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
      keep_running_(context_.get_executor()),
      handler_(settings.api, store, set_rate, log, *this),
      longest_waiting_since_(nobody_waits),
      sweep_timer_(context_.get_executor()) {}

worker::~worker() { join(); }

void worker::start() {
    asio::co_spawn(get_executor(), sweep(), [](const std::exception_ptr&) {});
    thread_ = std::thread([this] { run(); });
}

void worker::run() {
    for (;;) {
        try {
            context_.run();
            return;
        } catch (const std::exception& error) {
            // One connection's fault, such as no memory: the others go on.
            log_.write(domain::severity::error, std::string("a connection failed: ") + error.what());
        }
    }
}

void worker::join() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
        ended_ = true;
        sweep_timer_.cancel();
        keep_running_.reset();
    });
    thread_.join();
}

void worker::adopt(tcp_socket socket) {
    asio::post(context_, [this, socket = std::move(socket)]() mutable { adopt_here(std::move(socket)); });
}

void worker::adopt_here(tcp_socket socket) {
    boost::system::error_code ignored;  // a connection that is gone already says so when it is read
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    std::unique_ptr<session> adopted;
    try {
        adopted = std::make_unique<session>(*this, std::move(socket));
    } catch (...) {
        --connections_;  // from here on, the session does
        throw;
    }
    if (stopping_) adopted->stop();
    asio::co_spawn(get_executor(), session::run(std::move(adopted)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);  // to run()
    });
}

// One timer for all deadlines of all connections.
task<> worker::sweep() {
    for (;;) {
        sweep_timer_.expires_after(sweep_interval);
        const auto [stopped] = co_await sweep_timer_.async_wait(as_result);
        if (stopped || ended_) co_return;  // a timer that has fired already cannot be cancelled
        const auto now = clock::now();
        for (session& each : sessions_) each.check_deadline(now);
    }
}

void worker::stop_sessions() {
    asio::post(context_, [this] {
        stopping_ = true;
        for (session& each : sessions_) each.stop();
    });
}

void worker::abort_sessions() {
    asio::post(context_, [this] {
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
    if (spare_workspaces_.size() >= spare_workspaces) return;
    work->input.clear();
    work->output.clear();
    if (work->output.capacity() > output_worth_keeping) std::string().swap(work->output);
    work->request = {};  // it holds an access token
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
    if (is_first) asio::post(context_, [this] { resume_answered(); });
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
