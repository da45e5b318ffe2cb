#pragma once

#include "domain/counter.hpp"
#include "domain/logger.hpp"
#include "domain/store.hpp"
#include "net/api/rate_limiter.hpp"
#include "net/server/acceptor.hpp"
#include "net/server/listener.hpp"
#include "net/server/settings.hpp"
#include "net/server/statistics.hpp"
#include "net/server/worker.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pusherd::net {

/// The server: its workers, and the listeners, which live on the first of them. All calls from one thread.
///
/// Its life: constructed, start(), begin_stop(), end_idle_connections(), abort() if that takes too long, join(). The
/// store must outlive it, and is idle once join() has returned.
class server {
public:
    /// @param metrics what GET /metrics tells; must outlive the server; none: there is no such listener
    /// @param validators who knows access tokens that the store does not; must outlive the server; none: nobody
    /// @param mas what MAS calls; must outlive the server; none: it does not call here
    /// @param pokes who sends pokes; must outlive the server; none: nobody
    server(const server_settings& settings, domain::store& store, domain::logger& log, metrics_page* metrics = nullptr,
           authenticator* validators = nullptr, mas_calls* mas = nullptr, poke_service* pokes = nullptr);
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Opens the sockets for connections, and begins to serve. Throws cannot_listen.
    /// @param credentials for those of the sockets that speak TLS; must outlive the server
    void start(listening_sockets sockets, const tls::credentials* credentials = nullptr);

    /// Serves by these settings from now on, but for the number of threads, which stays. If it throws (bad_alloc),
    /// nothing has changed.
    void change_settings(const server_settings& changed);

    /// Asks every thread to tell that it gets on, by is_alive().
    void ask_whether_alive() noexcept;

    /// Whether all have told so since they were last asked.
    [[nodiscard]] bool is_alive() const noexcept;

    /// What it has done so far. Any thread, while the server lives.
    [[nodiscard]] server_statistics statistics() const;

    /// Closes the listeners. Connections stay, but the next answer on each is its last: a proxy that keeps them has
    /// learnt so with a request that was answered, in place of one that is lost.
    void begin_stop();

    /// After begin_stop(), and bounds::last_requests: ends the connections without a request.
    void end_idle_connections();

    /// Whether every connection has ended.
    [[nodiscard]] bool is_idle() const noexcept { return connections_ == 0; }

    /// After begin_stop(): whether the listeners are closed and every connection has ended, so that none comes any
    /// more. To be idle is not enough: who has just connected may be about to be accepted.
    [[nodiscard]] bool has_stopped() const noexcept { return !is_listening_ && is_idle(); }

    /// How many connections there are.
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }

    /// Ends every connection, whatever is under way.
    void abort();

    /// Waits for the threads to end. Every connection must have ended, or be about to.
    void join();

private:
    class eviction;

    [[nodiscard]] task<> listen(acceptor& from);
    void pause_after(const boost::system::error_code& failed, acceptor& from) noexcept;
    [[nodiscard]] worker& next_worker() noexcept;
    [[nodiscard]] bool has_room_for(const connection_terms& terms) const noexcept;
    [[nodiscard]] task<bool> make_room();
    void hand_over(connection_socket& socket, const connection_terms& terms, worker* home) noexcept;
    void close_listeners() noexcept;

    server_settings settings_;  // for the thread that makes the calls above; each worker has its own
    domain::logger& log_;
    authenticator* validators_;
    mas_calls* mas_;
    poke_service* pokes_;
    rate_limiter set_rate_;
    connection_count connections_{0};
    std::atomic<bool> is_listening_ = false;
    domain::counter accepted_;  // these are the first worker's thread's
    domain::counter evicted_;
    domain::counter turned_away_;
    domain::counter failed_accepts_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::vector<std::unique_ptr<acceptor>> acceptors_;  // used on the first worker's thread alone, once started
    std::size_t next_worker_ = 0;
    standing_call close_call_{[this] { close_listeners(); }};
};

}  // namespace pusherd::net
