#pragma once

namespace pusherd::net {

class awaited;

/// Who waits for an answer.
class answer_waiter {
public:
    /// The thread of the connection.
    virtual void on_answered() = 0;

protected:
    ~answer_waiter() = default;
};

/// Takes what was answered on another thread back to the one whose connection waits for it.
class answer_carrier {
public:
    /// Any thread.
    virtual void on_answer(awaited& answered) noexcept = 0;

protected:
    ~answer_carrier() = default;
};

/// What a connection waits for, between its request and the answer: of the store to a change, of a validator to a
/// question. Stays where it is until it is answered.
class awaited {
public:
    awaited(const awaited&) = delete;
    awaited& operator=(const awaited&) = delete;

    answer_waiter* waiter = nullptr;  ///< the connection's thread alone
    awaited* next = nullptr;          ///< for the way there and back, which must not need memory

protected:
    explicit awaited(answer_carrier& carrier) noexcept : carrier_(carrier) {}
    ~awaited() = default;

    /// Any thread; once. Its life may end with it.
    void tell_that_it_is_answered() noexcept { carrier_.on_answer(*this); }

private:
    answer_carrier& carrier_;
};

}  // namespace pusherd::net
