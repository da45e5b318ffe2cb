#pragma once

#include "domain/store.hpp"

#include <utility>

namespace pusherd::net {

class pending_set;

/// Who waits for the answer to a set.
class set_waiter {
public:
    /// The thread of the connection.
    virtual void on_answered() = 0;

protected:
    ~set_waiter() = default;
};

/// Takes sets that the store has answered back to the thread whose connection waits for them.
class set_completion {
public:
    /// Any thread.
    virtual void on_set_done(pending_set& set) noexcept = 0;

protected:
    ~set_completion() = default;
};

/// A set between its body and its answer: owns what the store works with. Stays where it is until it is answered.
class pending_set final : public domain::set_request {
public:
    pending_set(set_completion& completion, domain::identity requester, domain::set_command wanted,
                const domain::user_limits& limits, domain::timestamp received)
        : set_request(requester_, wanted_, limits, received),
          completion_(completion),
          requester_(std::move(requester)),
          wanted_(std::move(wanted)) {}

    pending_set(const pending_set&) = delete;
    pending_set& operator=(const pending_set&) = delete;

    void on_done() noexcept override { completion_.on_set_done(*this); }

    set_waiter* waiter = nullptr;  ///< the connection's thread alone
    pending_set* next = nullptr;   ///< for the way back from the store, which must not need memory

private:
    set_completion& completion_;
    domain::identity requester_;
    domain::set_command wanted_;
};

}  // namespace pusherd::net
