#pragma once

#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"

#include <boost/intrusive/set.hpp>

#include <chrono>

namespace pusherd::bench {

/// Who waits for a time. One that ends waits no longer.
class delayed : public boost::intrusive::set_base_hook<net::unlinking> {
public:
    /// The loop's thread. Must end nobody who watches a socket, itself included: the loop may have more to tell.
    virtual void on_due() = 0;

    std::chrono::steady_clock::time_point due{};  ///< the queue's

protected:
    ~delayed() = default;
};

/// Times of an event loop, to the millisecond: its own tick is for deadlines of seconds, and Asio's timers are
/// io_context's. One timer of the system's for all (timerfd_create(2)). The loop's thread.
class delay_queue final : private net::readiness_observer {
public:
    /// Throws system_error.
    explicit delay_queue(net::event_loop& loop);
    delay_queue(const delay_queue&) = delete;
    delay_queue& operator=(const delay_queue&) = delete;

    /// Calls on_due() once that time has passed. The queue must not end before. One that waits already waits anew.
    void add(delayed& who, std::chrono::milliseconds time);

private:
    struct is_earlier {
        bool operator()(const delayed& one, const delayed& other) const noexcept { return one.due < other.due; }
    };
    using queue = boost::intrusive::multiset<delayed, boost::intrusive::compare<is_earlier>,
                                             boost::intrusive::constant_time_size<false>>;

    void on_ready(net::readiness) override;
    void set_timer() noexcept;

    net::connection_socket timer_;  // a descriptor like any
    queue waiting_;
};

}  // namespace pusherd::bench
