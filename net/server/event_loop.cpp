#include "net/server/event_loop.hpp"

#include "net/server/coarse_clock.hpp"

#include <boost/system/system_error.hpp>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace pusherd::net {
namespace {

constexpr std::size_t events_a_turn = 256;

// Throws the system's error if the call has failed.
int checked(int result, const char* call) {
    if (result < 0) throw boost::system::system_error({errno, boost::system::system_category()}, call);
    return result;
}

readiness to_readiness(std::uint32_t events) noexcept {
    const bool broken = (events & (EPOLLHUP | EPOLLERR)) != 0;
    const bool ended = broken || (events & EPOLLRDHUP) != 0;
    return {
        .readable = ended || (events & EPOLLIN) != 0, .writable = broken || (events & EPOLLOUT) != 0, .ended = ended};
}

}  // namespace

event_loop::descriptor::~descriptor() { ::close(value_); }

event_loop::event_loop(std::function<void(const std::exception_ptr&)> on_failure)
    : on_failure_(std::move(on_failure)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      alarm_descriptor_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
    add(alarm_descriptor_.get(), EPOLLIN | EPOLLET, alarm_);
}

event_loop::~event_loop() {
    destroy_what_is_posted();
    shutdown();  // what execution_context asks of whoever derives from it
    destroy();
}

// A coroutine that is destroyed while it waits unwinds by posting, so there may be more afterwards.
void event_loop::destroy_what_is_posted() noexcept {
    while (!posted_here_.empty() || !posted_elsewhere_.empty()) {
        std::vector<posted> doomed;
        doomed.swap(posted_here_);
        if (doomed.empty()) doomed.swap(posted_elsewhere_);
    }
}

void event_loop::set_tick(std::chrono::milliseconds interval, std::function<void()> tick) {
    tick_interval_ = interval;
    tick_ = std::move(tick);
    next_tick_ = coarse_now() + interval;
}

void event_loop::run() {
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    alarm_.rings = true;  // for what was posted before this was the loop's thread
    for (;;) {
        run_posted();
        if (stopping_ && !has_something_to_run()) return;
        before_wait_();
        wait_and_tell(milliseconds_to_wait());
        tick_if_due();
    }
}

void event_loop::run_once(std::chrono::milliseconds at_most) {
    if (!runs_here()) {
        thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
        alarm_.rings = true;  // as in run()
    }
    run_posted();
    const int longest = static_cast<int>(std::max<std::chrono::milliseconds::rep>(at_most.count(), 0));
    wait_and_tell(has_something_to_run() ? 0 : longest);
}

bool event_loop::has_something_to_run() const noexcept {
    return !posted_here_.empty() || !lined_up_.empty() || alarm_.rings;
}

// The functions run in their order; what they post runs after them.
void event_loop::run_posted() {
    if (alarm_.rings) run_what_others_posted();
    std::vector<posted> now;
    now.swap(posted_here_);
    run_all(now);
    if (posted_here_.empty()) posted_here_.swap(now);  // keeps its memory
    run_lined_up();
}

void event_loop::run_all(std::vector<posted>& functions) {
    for (posted& each : functions) guarded([&] { std::move(each)(); });
    functions.clear();
}

// Takes it over by an exchange, which needs no memory.
void event_loop::run_what_others_posted() {
    {
        const std::lock_guard lock(mutex_);
        alarm_.rings = false;
        taken_over_.swap(posted_elsewhere_);
    }
    run_all(taken_over_);
    while (standing_call* const call = take_call()) guarded(call->function_);
}

void event_loop::run_lined_up() {
    turn_list now;
    now.swap(lined_up_);
    while (!now.empty()) {
        turn_taker& next = now.front();
        now.pop_front();
        guarded([&] { next.on_turn(); });
    }
}

void event_loop::post(standing_call& call) noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(call.is_posted_, true)) return;
    call.next_ = nullptr;
    (first_call_ == nullptr ? first_call_ : last_call_->next_) = &call;
    last_call_ = &call;
    if (first_call_ == &call) wake_up();
}

standing_call* event_loop::take_call() noexcept {
    const std::lock_guard lock(mutex_);
    standing_call* const taken = first_call_;
    if (taken == nullptr) return nullptr;
    first_call_ = taken->next_;
    taken->is_posted_ = false;
    return taken;
}

// Edge-triggered, so the counter need never be read: each write is told.
void event_loop::wake_up() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(alarm_descriptor_.get(), &one, sizeof one);
}

void event_loop::wait_and_tell(int milliseconds) {
    std::array<epoll_event, events_a_turn> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds);
    turn_began_ = std::chrono::steady_clock::now();
    ready_this_turn_ = static_cast<std::size_t>(std::max(count, 0));
    // No event is stale: who is told closes no descriptor but its own.
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        auto* const observer = static_cast<readiness_observer*>(event.data.ptr);
        guarded([&] { observer->on_ready(to_readiness(event.events)); });
    }
}

int event_loop::milliseconds_to_wait() const noexcept {
    if (has_something_to_run() || stopping_) return 0;
    if (!tick_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - coarse_now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, tick_interval_.count()));
}

void event_loop::tick_if_due() {
    if (!tick_) return;
    const auto now = coarse_now();
    if (now < next_tick_) return;
    next_tick_ = now + tick_interval_;
    guarded(tick_);
}

void event_loop::watch_changes(int watched, readiness_observer& observer) {
    // There is room at most times: EPOLLOUT is a change only after a send that found none.
    add(watched, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, observer);
}

void event_loop::watch_while_readable(int watched, readiness_observer& observer) { add(watched, EPOLLIN, observer); }

void event_loop::add(int watched, unsigned events, readiness_observer& observer) {
    epoll_event interest{.events = events, .data = {.ptr = &observer}};
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched, &interest), "epoll_ctl");
}

void event_loop::forget(int watched) noexcept { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watched, nullptr); }

}  // namespace pusherd::net
