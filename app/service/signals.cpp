#include "app/service/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace pusherd::app {

signals::signals() {
    sigemptyset(&which_);
    for (const int each : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&which_, each);
    ::pthread_sigmask(SIG_BLOCK, &which_, nullptr);
    std::signal(SIGHUP, SIG_DFL);  // one that is ignored need not be kept for who waits for it
}

int signals::wait_for(std::chrono::nanoseconds at_most) const noexcept {
    const auto left = std::max(at_most, std::chrono::nanoseconds::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec time{static_cast<std::time_t>(seconds.count()), static_cast<long>((left - seconds).count())};
    return std::max(::sigtimedwait(&which_, nullptr, &time), 0);
}

void signals::raise_end() noexcept { ::kill(::getpid(), SIGTERM); }

void ignore_hangups() noexcept { std::signal(SIGHUP, SIG_IGN); }

}  // namespace pusherd::app
