#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace pusherd::net {

/// What has become of a descriptor.
struct readiness {
    bool readable = false;  ///< bytes or connections have come, or nothing more will
    bool writable = false;  ///< there is room again
    bool ended = false;     ///< the peer has gone, or sends nothing more: what is left can be read without waiting
};

/// Who is told.
class readiness_observer {
public:
    /// The loop's thread. May destroy itself, but no other observer.
    virtual void on_ready(readiness what) = 0;

protected:
    ~readiness_observer() = default;
};

/// A call that is posted again and again, from any thread. It needs no memory for that, so posting it cannot fail: what
/// must not be lost, such as the answers to sets, is told by these. Posted again before it has run, it runs once.
class standing_call {
public:
    explicit standing_call(std::function<void()> function) : function_(std::move(function)) {}
    standing_call(const standing_call&) = delete;
    standing_call& operator=(const standing_call&) = delete;

private:
    friend class event_loop;

    std::function<void()> function_;
    standing_call* next_ = nullptr;  // the loop's mutex guards both
    bool is_posted_ = false;
};

using unlinking = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;

/// Who can be given a turn later, on the loop's thread; without memory, too. One that ends gives its turn up.
class turn_taker : public boost::intrusive::list_base_hook<unlinking> {
public:
    virtual void on_turn() = 0;

protected:
    ~turn_taker() = default;
};

/// What a thread of the server runs, and one of the load tool: functions that were posted to it, and whatever is ready
/// of its sockets. It is an execution context of Asio's, with an executor of its own, so Asio's coroutines run on it.
///
/// By hand in place of io_context, whose reactor takes a system call to arm a socket for every wait, and three more a
/// connection: here a list takes two in all, as few as with any server, where it would take three (docs/performance.md
/// has the figures). One epoll instance (epoll(7)); connections are edge-triggered, so nothing is armed twice.
class event_loop final : public boost::asio::execution_context {
public:
    class executor_type;

    /// @param on_failure is given what a posted function throws; the loop goes on, unless it throws in turn
    explicit event_loop(std::function<void(const std::exception_ptr&)> on_failure);

    /// Destroys what is posted and has not run.
    ~event_loop();

    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    [[nodiscard]] executor_type get_executor() noexcept;

    /// Runs on the calling thread, which is the loop's from then on, until stop().
    void run();

    /// Runs one turn on the calling thread, which is the loop's from then on: what is posted, then whatever is ready
    /// of its sockets, for which it waits at most so long. For those who have more to do than a loop: there is no tick,
    /// no call before a wait, and no stop().
    void run_once(std::chrono::milliseconds at_most);

    // The loop's thread, or any one before run().

    /// Ends run() once what is posted has run.
    void stop() noexcept { stopping_ = true; }

    /// Calls `tick` so often, within run().
    void set_tick(std::chrono::milliseconds interval, std::function<void()> tick);

    /// Calls it before each wait, within run().
    void set_before_wait(std::function<void()> before_wait) { before_wait_ = std::move(before_wait); }

    /// Tells of every change from now on, and at once of what is so already. A descriptor that is closed is told of no
    /// more; it must be closed before its observer ends. Throws system_error.
    void watch_changes(int descriptor, readiness_observer& observer);

    /// Tells as long as it is readable. The same holds.
    void watch_while_readable(int descriptor, readiness_observer& observer);

    /// Ends that.
    void forget(int descriptor) noexcept;

    /// Gives it a turn, later; one, however often this is said meanwhile.
    void line_up(turn_taker& who) noexcept {
        if (!who.is_linked()) lined_up_.push_back(who);
    }

    /// How many descriptors were ready when it last looked: how much else there is to do in this turn.
    [[nodiscard]] std::size_t ready_this_turn() const noexcept { return ready_this_turn_; }

    /// When it last came back from looking: since then, what has come in this turn has waited.
    [[nodiscard]] std::chrono::steady_clock::time_point turn_began() const noexcept { return turn_began_; }

    // Any thread.

    /// Makes the call on the loop's thread, later. It must not end before that, but may outlive the loop.
    void post(standing_call& call) noexcept;

    /// Calls the function on the loop's thread, later. Throws bad_alloc.
    template <class Function>
    void post(Function&& function) {
        posted added(std::forward<Function>(function));
        if (runs_here()) return posted_here_.push_back(std::move(added));
        // The alarm is rung under the lock: the loop may end as soon as it has what was posted.
        const std::lock_guard lock(mutex_);
        posted_elsewhere_.push_back(std::move(added));
        if (posted_elsewhere_.size() == 1) wake_up();
    }

    /// Whether this is the loop's thread.
    [[nodiscard]] bool runs_here() const noexcept {
        return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

private:
    using posted = boost::asio::any_completion_handler<void()>;
    using turn_list = boost::intrusive::list<turn_taker, boost::intrusive::constant_time_size<false>>;

    class descriptor {
    public:
        explicit descriptor(int value) noexcept : value_(value) {}
        ~descriptor();
        descriptor(const descriptor&) = delete;
        descriptor& operator=(const descriptor&) = delete;
        [[nodiscard]] int get() const noexcept { return value_; }

    private:
        int value_;
    };

    class alarm final : public readiness_observer {
    public:
        void on_ready(readiness) override { rings = true; }
        bool rings = false;
    };

    void wake_up() noexcept;
    void run_what_others_posted();
    void run_all(std::vector<posted>& functions);
    void run_lined_up();
    [[nodiscard]] standing_call* take_call() noexcept;
    [[nodiscard]] bool has_something_to_run() const noexcept;
    void destroy_what_is_posted() noexcept;
    void run_posted();
    void wait_and_tell(int milliseconds);
    void tick_if_due();
    [[nodiscard]] int milliseconds_to_wait() const noexcept;
    void add(int watched, unsigned events, readiness_observer& observer);

    template <class Function>
    void guarded(Function&& function) {
        try {
            std::forward<Function>(function)();
        } catch (...) {
            on_failure_(std::current_exception());
        }
    }

    std::function<void(const std::exception_ptr&)> on_failure_;
    descriptor epoll_;
    descriptor alarm_descriptor_;  // eventfd(2): others have posted
    alarm alarm_;
    std::atomic<std::thread::id> thread_{};
    std::vector<posted> posted_here_;
    std::vector<posted> taken_over_;  // what others have posted, while it runs
    turn_list lined_up_;
    std::chrono::milliseconds tick_interval_{0};
    std::chrono::steady_clock::time_point next_tick_ = std::chrono::steady_clock::time_point::max();
    std::function<void()> tick_;
    std::function<void()> before_wait_ = [] {};
    std::size_t ready_this_turn_ = 0;
    std::chrono::steady_clock::time_point turn_began_ = std::chrono::steady_clock::now();
    bool stopping_ = false;

    std::mutex mutex_;
    std::vector<posted> posted_elsewhere_;
    standing_call* first_call_ = nullptr;
    standing_call* last_call_ = nullptr;
};

/// Runs functions on a loop: at once where that is allowed (`blocking.possibly`, the default) and this is its thread.
class event_loop::executor_type {
    using blocking_t = boost::asio::execution::blocking_t;

public:
    explicit executor_type(event_loop& loop, bool may_run_at_once = true) noexcept
        : loop_(&loop), may_run_at_once_(may_run_at_once) {}

    template <class Function>
    void execute(Function&& function) const {
        if (may_run_at_once_ && loop_->runs_here())
            std::decay_t<Function>(std::forward<Function>(function))();
        else
            loop_->post(std::forward<Function>(function));
    }

    [[nodiscard]] event_loop& query(boost::asio::execution::context_t) const noexcept { return *loop_; }
    [[nodiscard]] blocking_t query(blocking_t) const noexcept {
        return may_run_at_once_ ? blocking_t(blocking_t::possibly) : blocking_t(blocking_t::never);
    }
    [[nodiscard]] executor_type require(blocking_t::possibly_t) const noexcept { return executor_type(*loop_, true); }
    [[nodiscard]] executor_type require(blocking_t::never_t) const noexcept { return executor_type(*loop_, false); }

    friend bool operator==(const executor_type&, const executor_type&) noexcept = default;

private:
    event_loop* loop_;
    bool may_run_at_once_;
};

inline event_loop::executor_type event_loop::get_executor() noexcept { return executor_type(*this); }

}  // namespace pusherd::net
