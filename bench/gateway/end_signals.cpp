#include "bench/gateway/end_signals.hpp"

#include <boost/system/system_error.hpp>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace pusherd::bench {
namespace {

int block_and_open(sigset_t& blocked_before) {
    sigset_t both;
    ::sigemptyset(&both);
    ::sigaddset(&both, SIGTERM);
    ::sigaddset(&both, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &both, &blocked_before);
    const int opened = ::signalfd(-1, &both, SFD_NONBLOCK | SFD_CLOEXEC);
    if (opened < 0)
        throw boost::system::system_error(boost::system::error_code(errno, boost::system::system_category()),
                                          "signalfd");
    return opened;
}

}  // namespace

end_signals::end_signals(net::event_loop& loop, std::function<void()> on_signal)
    : on_signal_(std::move(on_signal)), signals_(block_and_open(blocked_before_)) {
    loop.watch_while_readable(signals_.descriptor(), *this);
}

end_signals::~end_signals() { ::pthread_sigmask(SIG_SETMASK, &blocked_before_, nullptr); }

void end_signals::on_ready(net::readiness) {
    signalfd_siginfo which;
    while (::read(signals_.descriptor(), &which, sizeof which) == static_cast<ssize_t>(sizeof which)) on_signal_();
}

}  // namespace pusherd::bench
