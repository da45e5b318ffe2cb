#include "app/serve.hpp"

#include "app/log.hpp"
#include "app/systemd.hpp"
#include "domain/text.hpp"
#include "net/server/server.hpp"
#include "persistence/registry/lmdb_store.hpp"
#include "persistence/registry/token_import.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <utility>

namespace pusherd::app {
namespace {

using domain::severity;

// Beside connections: the database, the log, sockets to listen on, epoll and event descriptors of each thread.
constexpr rlim_t descriptors_beside_connections = 256;
constexpr std::chrono::milliseconds drain_poll{10};

/// Makes room for as many open files as connections are allowed; where the system gives less, fewer connections are.
std::size_t raise_open_file_limit(std::size_t connections, domain::logger& log) {
    const rlim_t wanted = connections + descriptors_beside_connections;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return connections;
    rlimit raised{wanted, std::max(wanted, limit.rlim_max)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return connections;  // the hard limit as well: root may
    raised = {std::min(wanted, limit.rlim_max), limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0 || raised.rlim_cur >= wanted) return connections;
    const auto possible =
        std::max<rlim_t>(raised.rlim_cur, descriptors_beside_connections + 1) - descriptors_beside_connections;
    log.write(severity::warning, "only " + std::to_string(possible) + " of " + std::to_string(connections) +
                                     " connections are possible: raise the limit of open files (LimitNOFILE=)");
    return possible;
}

/// While it lives, threads are born that take no signal to end: the one that waits for these gets them all.
class without_signals {
public:
    without_signals() {
        sigset_t ending;
        sigemptyset(&ending);
        sigaddset(&ending, SIGINT);
        sigaddset(&ending, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
    }
    ~without_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    without_signals(const without_signals&) = delete;
    without_signals& operator=(const without_signals&) = delete;

private:
    sigset_t before_{};
};

[[noreturn]] void end_broken(domain::logger& log) {
    log.write(severity::critical, "the database can no longer be written; exiting, to be restarted");
    std::_Exit(EXIT_FAILURE);
}

/// From the first signal to the end: stops the server, and ends its connections if they take too long.
class shutdown {
public:
    shutdown(net::asio::io_context& control, net::server& server, std::chrono::seconds drain, domain::logger& log)
        : server_(server), drain_(drain), log_(log), signals_(control, SIGINT, SIGTERM), poll_(control.get_executor()) {
        signals_.async_wait([this](const auto& failed, int) {
            if (!failed) begin();
        });
    }

private:
    void begin() {
        log_.write(severity::info, "stopping; " + domain::counted(server_.connections(), "open connection"));
        notify_service_manager("STOPPING=1");
        signals_.async_wait([](const auto& failed, int) {
            if (!failed) std::_Exit(EXIT_FAILURE);
        });
        deadline_ = net::clock::now() + drain_;
        server_.begin_stop();
        wait_until_idle();
    }

    void wait_until_idle() {
        poll_.expires_after(drain_poll);
        poll_.async_wait([this](const auto&) {
            // A connection that was accepted while the listeners closed is stopped, or aborted, once more.
            if (server_.is_idle()) return signals_.cancel();
            if (net::clock::now() >= deadline_) server_.abort();
            wait_until_idle();
        });
    }

    net::server& server_;
    std::chrono::seconds drain_;
    domain::logger& log_;
    net::asio::signal_set signals_;
    net::steady_timer poll_;
    net::clock::time_point deadline_;
};

}  // namespace

int serve(const common_options& common, const serve_options& options) {
    stderr_log log(options.level, options.format);
    std::signal(SIGPIPE, SIG_IGN);  // a log that nobody reads any more is no reason to end
    net::server_settings settings = options.server;
    settings.max_connections = raise_open_file_limit(settings.max_connections, log);

    // Ports first: where one is in use, the data folder stays untouched.
    net::listening_sockets sockets(options.listen);
    persistence::database db(common.data, {.mode = persistence::open_mode::create,
                                           .map_size = common.map_size,
                                           .may_shrink_map = true,
                                           .server_name = common.server_name});
    persistence::discard_broken_imports(db);

    std::optional<without_signals> starting_threads(std::in_place);
    // From here on, the reverse of this order is the order of the end.
    persistence::lmdb_store store(db, log, {.on_broken = [&log] { end_broken(log); }});
    net::server server(settings, store, log);
    net::asio::io_context control{1};
    const shutdown on_signal(control, server, options.drain, log);

    const auto addresses = sockets.addresses();
    server.start(std::move(sockets));
    starting_threads.reset();
    // Said from within the loop: who reads it may send a signal at once. (The thread sanitizer of GCC 12 loses a signal
    // that comes while a thread makes its first blocking call.)
    net::asio::post(control, [&addresses, &log] {
        for (const std::string& address : addresses) log.write(severity::notice, "listening on " + address);
        notify_service_manager("READY=1");
    });
    control.run();
    server.join();
    log.write(severity::info, "stopped");
    return EXIT_SUCCESS;
}

}  // namespace pusherd::app
