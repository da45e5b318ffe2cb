#pragma once

#include <chrono>
#include <csignal>

namespace pusherd::app {

/// The signals that a server is told things by: SIGTERM and SIGINT to end, SIGHUP to read its configuration again. From
/// its construction on they do nothing by themselves: threads that are started then take none, and the one that waits
/// for them gets them all. Waiting takes no memory, so the end can always be begun.
class signals {
public:
    signals();
    signals(const signals&) = delete;
    signals& operator=(const signals&) = delete;

    /// Waits for the next one, at most so long.
    /// @return its number; 0: none came
    [[nodiscard]] int wait_for(std::chrono::nanoseconds at_most) const noexcept;

    /// As if SIGTERM had come. Any thread.
    static void raise_end() noexcept;

private:
    sigset_t which_{};
};

/// Whether a signal is one to end.
[[nodiscard]] constexpr bool is_end(int signal) noexcept { return signal == SIGTERM || signal == SIGINT; }

/// Until there are `signals`, a SIGHUP is of no consequence: the configuration is as new as it could make it.
void ignore_hangups() noexcept;

}  // namespace pusherd::app
