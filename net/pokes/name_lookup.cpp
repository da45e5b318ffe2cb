#include "net/pokes/name_lookup.hpp"

#include "net/pokes/bounds.hpp"

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::seconds idle_thread{5};

}  // namespace

struct name_lookup::question {
    std::string host;
    std::string port;
    clock::time_point asked = clock::now();
    found_addresses before{};  // what was good until it was asked
    found_addresses found{};   // of the thread that looks it up, until it is answered
    std::atomic<bool> is_answered = false;
};

/// What the threads share with it, and keep alive.
struct name_lookup::state {
    state(event_loop& of, function how, std::function<void()> on_answer)
        : loop(of), ask(std::move(how)), answered_call(std::move(on_answer)) {}

    event_loop& loop;
    function ask;

    std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    std::deque<std::shared_ptr<question>> questions;
    std::size_t threads = 0;
    std::size_t idle = 0;
    bool has_ended = false;
    standing_call answered_call;

    void answer_questions() {
        ::pthread_setname_np(::pthread_self(), "pusherd-names");  // as top -H shows it
        std::unique_lock lock(mutex);
        for (;;) {
            ++idle;
            const bool is_work =
                changed.wait_for(lock, idle_thread, [this] { return has_ended || !questions.empty(); });
            --idle;
            if (has_ended || !is_work) break;
            const auto next = std::move(questions.front());
            questions.pop_front();
            lock.unlock();
            found_addresses found = look_up_without_fail(*next);
            lock.lock();
            next->found = std::move(found);
            next->is_answered = true;
            if (!has_ended) loop.post(answered_call);
        }
        --threads;
    }

    [[nodiscard]] found_addresses look_up_without_fail(const question& what) const {
        try {
            return ask(what.host, what.port);
        } catch (const std::exception& failure) {
            return {{}, failure.what()};
        }
    }
};

name_lookup::name_lookup(event_loop& loop, function ask)
    : loop_(loop), state_(std::make_shared<state>(loop, std::move(ask), [this] { resume_all(); })) {}

name_lookup::~name_lookup() {
    const std::lock_guard lock(state_->mutex);
    state_->has_ended = true;
    state_->changed.notify_all();
}

std::shared_ptr<name_lookup::question> name_lookup::ask(const std::string& host, const std::string& port) {
    const std::string name = host + ' ' + port;
    const auto known = known_.find(name);
    const bool is_good = known != known_.end() && (!known->second->is_answered ||
                                                   clock::now() - known->second->asked < poke_bounds::names_good_for);
    if (is_good) return known->second;
    auto asked = std::make_shared<question>();
    asked->host = host;
    asked->port = port;
    if (known != known_.end()) asked->before = known->second->found;
    const std::lock_guard lock(state_->mutex);
    if (state_->idle <= state_->questions.size() && state_->threads < poke_bounds::lookup_threads) {
        std::thread([kept = state_] { kept->answer_questions(); }).detach();
        ++state_->threads;
    }
    state_->questions.push_back(asked);
    state_->changed.notify_one();
    known_[name] = asked;
    return asked;
}

task<found_addresses> name_lookup::find(std::string host, std::string port, clock::time_point deadline) {
    auto address = addresses_in(host, port);
    if (address) co_return std::move(*address);
    const std::shared_ptr<question> asked = ask(host, port);
    // Nobody waits for a name server to say the same again; wherever it leads, the address is checked.
    if (!asked->is_answered && !asked->before.addresses.empty()) co_return asked->before;
    turn mine;
    while (!asked->is_answered) {
        if (is_aborted_ || clock::now() >= deadline)
            co_return found_addresses{{}, host + ": no name server has answered in time"};
        if (!mine.is_linked()) waiting_.push_back(mine);
        co_await mine.waiting.until_resumed();
    }
    if (asked->found.addresses.empty()) look_again(host, port);  // in a moment, a name server may answer again
    co_return asked->found;
}

void name_lookup::look_again(const std::string& host, const std::string& port) {
    const auto known = known_.find(host + ' ' + port);
    if (known != known_.end() && known->second->is_answered) known_.erase(known);
}

void name_lookup::resume_all() noexcept {
    for (turn& each : waiting_) each.waiting.resume_later(loop_);
}

void name_lookup::check_deadlines(clock::time_point now) noexcept {
    resume_all();
    forget_old(now);
}

void name_lookup::forget_old(clock::time_point now) {
    if (known_.size() <= poke_bounds::names_in_mind) return;
    std::erase_if(known_, [&](const auto& each) {
        return each.second->is_answered && now - each.second->asked >= poke_bounds::names_good_for;
    });
}

void name_lookup::abort() noexcept {
    is_aborted_ = true;
    resume_all();
}

}  // namespace pusherd::net
