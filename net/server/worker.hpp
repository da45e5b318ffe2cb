#pragma once

#include "domain/logger.hpp"
#include "net/api/request_handler.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/mailbox.hpp"
#include "net/server/session.hpp"
#include "net/server/settings.hpp"
#include "net/server/workspace.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace pusherd::net {

/// How many connections there are, over all workers.
using connection_count = std::atomic<std::size_t>;

/// One I/O thread, and the connections that live on it. Nothing is shared with other workers but the store, the rate
/// limiter and the count of connections, so the way of a request has no lock that another thread holds.
class worker final : private answer_carrier {
public:
    /// What all workers of a server share; all of it must outlive them.
    struct parts {
        domain::store& store;
        rate_limiter& set_rate;
        domain::logger& log;
        connection_count& connections;
        metrics_page* metrics = nullptr;      ///< none: nobody asks for them
        authenticator* validators = nullptr;  ///< none: the store alone knows access tokens
        mas_calls* mas = nullptr;             ///< none: MAS does not call here
        poke_service* pokes = nullptr;        ///< none: nobody sends pokes
    };

    worker(const server_settings& settings, const parts& with);
    ~worker();

    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // Any thread.

    [[nodiscard]] event_loop& loop() noexcept { return loop_; }

    void start();

    /// Takes a connection over; it has been counted. If it throws (bad_alloc), the socket is still the caller's.
    void adopt(connection_socket&& socket, const connection_terms& terms);

    /// What it has answered so far.
    [[nodiscard]] const request_counters& counters() const noexcept { return counters_; }

    /// From now on every answer is its connection's last.
    void stop_sessions() noexcept { loop_.post(stop_call_); }

    /// After that: ends every connection without a request.
    void end_idle_sessions() noexcept { loop_.post(leave_call_); }

    /// Ends every connection.
    void abort_sessions() noexcept { loop_.post(abort_call_); }

    /// Serves by these settings from now on; the request under way may be judged by the old ones.
    void change_settings(std::unique_ptr<server_settings> changed) noexcept;

    /// Asks the thread to tell that it gets on, by is_alive().
    void ask_whether_alive() noexcept;
    [[nodiscard]] bool is_alive() const noexcept { return is_alive_; }

    /// On the worker's thread: ends the connection that has waited longest for a request's head, if it has done so
    /// since then at the latest. False if there is none.
    [[nodiscard]] bool evict_waiting_since(clock::time_point since) noexcept;

    /// Since when that connection has been waiting; clock::time_point::max() if none is.
    [[nodiscard]] clock::time_point longest_waiting_since() const noexcept;

    /// Whether connections have been handed over that wait for a request, but are not known yet to do so.
    [[nodiscard]] bool has_connections_on_their_way() const noexcept { return on_their_way_ > 0; }

    /// Calls it once a second, on the worker's thread; before start().
    void set_on_sweep(std::function<void()> also) { on_sweep_ = std::move(also); }

    /// Ends the thread. Waits for every connection to end, and for every guest.
    void join();

    // The worker's own thread, or before start(): what runs on its loop beside connections, and must end before it.

    void begin_guest() noexcept { ++guests_; }
    void end_guest() noexcept { --guests_; }

    // The worker's own thread, for its sessions.

    [[nodiscard]] const server_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] request_handler& handler() noexcept { return handler_; }
    [[nodiscard]] session_list& sessions() noexcept { return sessions_; }

    [[nodiscard]] workspace_pool& workspaces() noexcept { return workspaces_; }

    /// Says to somebody who cannot be served that this is the server's fault, if the socket takes it at once.
    template <class Connection>  // a transport, or a socket in the clear
    void turn_away(Connection& connection) noexcept {
        connection.say_and_close(last_words_of(refusals::internal()));
    }

    /// A refusal as bytes, for somebody whose connection ends with it; good until the next call.
    [[nodiscard]] std::string_view last_words_of(const refusal& no) noexcept;

    void log_failure(std::string_view what, const std::exception& failure) noexcept;

    void begin_waiting(session& waiting);
    void end_waiting(session& waiting);

    /// Called for every connection that has ended.
    void on_session_end() noexcept { --connections_; }

private:
    /// A connection on its way here.
    struct arrival {
        connection_socket socket;
        connection_terms terms;
        arrival* next = nullptr;
    };

    void sweep();
    void adopt_settings() noexcept;
    void adopt_arrivals() noexcept;
    void adopt_here(arrival& arrived);
    void stop_here() noexcept;
    void leave_here() noexcept;
    void abort_here() noexcept;
    void log_failure(const std::exception_ptr& failure) noexcept;
    void publish_longest_waiting() noexcept;
    void before_wait();

    void on_answer(awaited& answered) noexcept override;
    void resume_answered() noexcept;

    server_settings settings_;
    domain::logger& log_;
    connection_count& connections_;

    request_counters counters_;
    event_loop loop_;
    request_handler handler_;
    workspace_pool workspaces_;
    session_list sessions_;
    waiting_list waiting_;  // longest first
    std::atomic<clock::rep> longest_waiting_since_;
    std::atomic<int> on_their_way_ = 0;
    std::function<void()> on_sweep_;
    int guests_ = 0;
    bool stopping_ = false;
    bool leaving_ = false;
    bool aborting_ = false;
    bool ending_ = false;
    std::string last_words_;  // what last_words_of() gives; has room for it from the start

    std::mutex changed_mutex_;
    std::unique_ptr<server_settings> changed_;  // guarded by it
    std::atomic<bool> is_alive_ = true;

    mailbox<arrival> arrivals_;
    mailbox<awaited> answered_;
    standing_call arrivals_call_{[this] { adopt_arrivals(); }};
    standing_call answered_call_{[this] { resume_answered(); }};
    standing_call stop_call_{[this] { stop_here(); }};
    standing_call leave_call_{[this] { leave_here(); }};
    standing_call abort_call_{[this] { abort_here(); }};
    standing_call end_call_{[this] { ending_ = true; }};
    standing_call change_call_{[this] { adopt_settings(); }};
    standing_call alive_call_{[this] { is_alive_ = true; }};

    std::thread thread_;
};

}  // namespace pusherd::net
