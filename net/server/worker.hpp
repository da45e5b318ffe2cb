#pragma once

#include "domain/logger.hpp"
#include "net/api/request_handler.hpp"
#include "net/asio.hpp"
#include "net/server/session.hpp"
#include "net/server/settings.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace pusherd::net {

/// How many connections there are, over all workers.
using connection_count = std::atomic<std::size_t>;

/// One I/O thread, and the connections that live on it. Nothing is shared with other workers but the store, the rate
/// limiter and the count of connections, so the way of a request has no lock that another thread holds.
class worker final : private set_completion {
public:
    worker(const server_settings& settings, domain::store& store, rate_limiter& set_rate, domain::logger& log,
           connection_count& connections);
    ~worker();

    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // Any thread.

    [[nodiscard]] executor get_executor() noexcept { return context_.get_executor(); }

    void start();

    /// Takes a connection over; it has been counted.
    void adopt(tcp_socket socket);

    /// Ends every connection after the request that is under way.
    void stop_sessions();

    /// Ends every connection.
    void abort_sessions();

    /// On the worker's thread: ends the connection that has waited longest for a request's head, if it has done so
    /// since then at the latest. False if there is none.
    [[nodiscard]] task<bool> evict_waiting_since(clock::time_point since);

    /// Since when that connection has been waiting; clock::time_point::max() if none is.
    [[nodiscard]] clock::time_point longest_waiting_since() const noexcept;

    /// Ends the thread. Every connection must have ended.
    void join();

    // The worker's own thread, for its sessions.

    [[nodiscard]] const server_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] request_handler& handler() noexcept { return handler_; }
    [[nodiscard]] session_list& sessions() noexcept { return sessions_; }

    [[nodiscard]] std::unique_ptr<workspace> take_workspace();
    void give_back(std::unique_ptr<workspace> work);

    void begin_waiting(session& waiting);
    void end_waiting(session& waiting);

    /// Called for every connection that has ended.
    void on_session_end() noexcept { --connections_; }

private:
    [[nodiscard]] task<> sweep();
    void adopt_here(tcp_socket socket);
    void run();
    void publish_longest_waiting() noexcept;

    void on_set_done(pending_set& set) noexcept override;
    void resume_answered();

    const server_settings& settings_;
    domain::logger& log_;
    connection_count& connections_;

    asio::io_context context_{1};  // one thread: posts from it need no lock
    asio::executor_work_guard<executor> keep_running_;
    request_handler handler_;
    std::vector<std::unique_ptr<workspace>> spare_workspaces_;
    session_list sessions_;
    waiting_list waiting_;  // longest first
    std::atomic<clock::rep> longest_waiting_since_;
    bool stopping_ = false;
    bool ended_ = false;
    steady_timer sweep_timer_;

    std::mutex answered_mutex_;
    pending_set* answered_ = nullptr;  // latest first; filled by the store's thread, emptied by this one

    std::thread thread_;
};

}  // namespace pusherd::net
