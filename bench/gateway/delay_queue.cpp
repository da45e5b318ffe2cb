#include "bench/gateway/delay_queue.hpp"

#include <boost/system/system_error.hpp>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace pusherd::bench {
namespace {

using std::chrono::steady_clock;

int new_timer() {
    const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0)
        throw boost::system::system_error(boost::system::error_code(errno, boost::system::system_category()),
                                          "timerfd_create");
    return timer;
}

}  // namespace

delay_queue::delay_queue(net::event_loop& loop) : timer_(new_timer()) {
    loop.watch_while_readable(timer_.descriptor(), *this);
}

void delay_queue::add(delayed& who, std::chrono::milliseconds time) {
    if (who.is_linked()) who.unlink();
    who.due = steady_clock::now() + time;
    const auto place = waiting_.insert(who);
    if (place == waiting_.begin()) set_timer();
}

void delay_queue::on_ready(net::readiness) {
    std::uint64_t ignored = 0;
    if (::read(timer_.descriptor(), &ignored, sizeof ignored) < 0 && errno != EAGAIN) return;
    const auto now = steady_clock::now();
    while (!waiting_.empty() && waiting_.begin()->due <= now) {
        delayed& next = *waiting_.begin();
        waiting_.erase(waiting_.begin());
        next.on_due();
    }
    set_timer();
}

// To the first one's time. A timer that nobody waits for goes off once, and is not set again.
void delay_queue::set_timer() noexcept {
    if (waiting_.empty()) return;
    const auto at = waiting_.begin()->due.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    itimerspec when{};
    when.it_value.tv_sec = static_cast<std::time_t>(seconds.count());
    when.it_value.tv_nsec = static_cast<long>(std::chrono::nanoseconds(at - seconds).count());
    ::timerfd_settime(timer_.descriptor(), TFD_TIMER_ABSTIME, &when, nullptr);
}

}  // namespace pusherd::bench
