#pragma once

#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"

#include <csignal>
#include <functional>

namespace pusherd::bench {

/// SIGTERM and SIGINT as an event of a loop (signalfd(2)), in place of the end of the process: from its construction to
/// its end, on the thread that makes it.
class end_signals final : private net::readiness_observer {
public:
    /// @param on_signal is called for each, on the loop's thread
    /// Throws system_error.
    end_signals(net::event_loop& loop, std::function<void()> on_signal);
    ~end_signals();

    end_signals(const end_signals&) = delete;
    end_signals& operator=(const end_signals&) = delete;

private:
    void on_ready(net::readiness) override;

    std::function<void()> on_signal_;
    sigset_t blocked_before_{};
    net::connection_socket signals_;  // a descriptor like any
};

}  // namespace pusherd::bench
