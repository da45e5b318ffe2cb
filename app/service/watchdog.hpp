#pragma once

#include "domain/logger.hpp"
#include "net/asio.hpp"
#include "net/server/server.hpp"
#include "persistence/registry/lmdb_store.hpp"

#include <chrono>

namespace pusherd::app {

/// systemd's watchdog (WatchdogSec=): is told at half of its time that all is well (sd_watchdog_enabled(3)), as long as
/// every I/O thread and the thread that writes come by to say so. Otherwise nothing is told, and systemd ends the
/// process when the time is over, to start it anew. One thread.
class watchdog {
public:
    /// Takes the time from the environment; without one, there is nothing to do.
    watchdog(net::server& server, persistence::lmdb_store& store, domain::logger& log);

    /// How long until there is something to do.
    [[nodiscard]] net::clock::duration until_next() const noexcept { return next_ - net::clock::now(); }

    /// Does what is due: tells that all is well, if it is, and asks the threads once more.
    void tell_if_due() noexcept;

private:
    void ask() noexcept;
    void tell() noexcept;
    void complain() noexcept;

    net::server& server_;
    persistence::lmdb_store& store_;
    domain::logger& log_;
    std::chrono::microseconds time_;
    net::clock::time_point next_;
    bool has_complained_ = false;
};

}  // namespace pusherd::app
