#include "app/service/watchdog.hpp"

#include "app/service/systemd.hpp"

namespace pusherd::app {

watchdog::watchdog(net::server& server, persistence::lmdb_store& store, domain::logger& log)
    : server_(server),
      store_(store),
      log_(log),
      time_(watchdog_time()),
      next_(time_.count() == 0 ? net::clock::time_point::max() : net::clock::now() + time_ / 2) {
    if (time_.count() != 0) ask();
}

void watchdog::ask() noexcept {
    server_.ask_whether_alive();
    store_.ask_whether_alive();
}

void watchdog::tell_if_due() noexcept {
    if (net::clock::now() < next_) return;
    if (server_.is_alive() && store_.is_alive())
        tell();
    else
        complain();
}

void watchdog::tell() noexcept {
    has_complained_ = false;
    notify_service_manager("WATCHDOG=1");
    next_ = net::clock::now() + time_ / 2;
    ask();
}

// Looks again soon: who answers late, but before the time is over, is to be heard.
void watchdog::complain() noexcept {
    next_ = net::clock::now() + time_ / 16;
    if (has_complained_) return;
    has_complained_ = true;
    log_.write(domain::severity::warning, server_.is_alive()
                                              ? "the thread that writes does not get on: the disk does not answer, or "
                                                "something is wrong; the watchdog is not told"
                                              : "an I/O thread does not get on; the watchdog is not told");
}

}  // namespace pusherd::app
