#pragma once

#include <sys/types.h>

#include <array>
#include <functional>

namespace pusherd::testing {

/// One end of a line between two processes, to wait for each other without a clock.
class rendezvous {
public:
    explicit rendezvous(int socket) noexcept : socket_(socket) {}
    ~rendezvous();

    rendezvous(const rendezvous&) = delete;
    rendezvous& operator=(const rendezvous&) = delete;

    /// Lets the other end pass one wait().
    void signal();
    /// Waits for the other end's signal(). Throws if the other process ended instead.
    void wait();

private:
    int socket_;
};

/// A forked process that runs a function. LMDB forbids to take an open environment through fork(): start it while this
/// process has none open and no other thread, and let it wait for its turn.
class child_process {
public:
    explicit child_process(const std::function<void(rendezvous& parent)>& body);
    ~child_process();

    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    void signal() { line_.signal(); }
    void wait() { line_.wait(); }

    /// Waits for the end of the process; false if the function threw, or the process was killed.
    [[nodiscard]] bool succeeds();

    /// As by `kill -9`; returns when it is gone.
    void kill();

private:
    using socket_pair = std::array<int, 2>;  // the parent's end, the child's
    child_process(const std::function<void(rendezvous&)>& body, const socket_pair& ends);

    int wait_for_end();

    rendezvous line_;
    pid_t pid_ = -1;
};

}  // namespace pusherd::testing
