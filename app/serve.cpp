#include "app/serve.hpp"

#include "app/certificate.hpp"
#include "app/log.hpp"
#include "app/systemd.hpp"
#include "domain/fixed_text.hpp"
#include "net/server/server.hpp"
#include "persistence/registry/lmdb_store.hpp"
#include "persistence/registry/token_import.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <utility>

namespace pusherd::app {
namespace {

using domain::severity;

// Beside connections: the database, the log, sockets to listen on, epoll and event descriptors of each thread.
constexpr rlim_t descriptors_beside_connections = 256;
constexpr std::chrono::milliseconds drain_poll{10};
constexpr std::chrono::seconds patience{5};  // beyond --drain, for sets that the store has
constexpr std::chrono::seconds farewell{1};  // to say that the database is broken: a restart is what helps

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

/// The signals to end, and SIGHUP, which asks for a renewed certificate to be read. From its construction on they end
/// nothing by themselves: threads that are started then take none, and the one that waits for them gets them all.
/// Waiting takes no memory, so the end can always be begun.
class ending_signals {
public:
    ending_signals() {
        sigemptyset(&which_);
        sigaddset(&which_, SIGINT);
        sigaddset(&which_, SIGTERM);
        sigaddset(&which_, SIGHUP);
        ::pthread_sigmask(SIG_BLOCK, &which_, nullptr);
    }
    ending_signals(const ending_signals&) = delete;
    ending_signals& operator=(const ending_signals&) = delete;

    /// Waits for one to end; calls `reload` at each SIGHUP before that.
    template <class Reload>
    void wait(Reload&& reload) const {
        for (;;) {
            const int signal = ::sigwaitinfo(&which_, nullptr);
            if (signal == SIGHUP)
                reload();
            else if (signal > 0)
                return;
        }
    }

    /// Whether one to end comes within the time.
    [[nodiscard]] bool comes_within(std::chrono::milliseconds time) const noexcept {
        const timespec at_most{0, std::chrono::nanoseconds(time).count()};
        const int signal = ::sigtimedwait(&which_, nullptr, &at_most);
        return signal > 0 && signal != SIGHUP;
    }

    /// As if one had come. Any thread.
    static void raise() noexcept { ::kill(::getpid(), SIGTERM); }

private:
    sigset_t which_{};
};

/// Waits for the connections to end, and ends them if they take too long. Those that wait for a set can only be ended
/// by the store; where it does not answer, because another process holds its lock and stands still, the process ends.
void drain(net::server& server, const ending_signals& signals, std::chrono::seconds at_most, domain::logger& log) {
    server.begin_stop();
    const auto deadline = net::clock::now() + at_most;
    while (!server.is_idle()) {
        if (signals.comes_within(drain_poll)) std::_Exit(EXIT_FAILURE);
        // A connection that was accepted while the listeners closed is stopped, or aborted, once more.
        if (net::clock::now() >= deadline) server.abort();
        if (net::clock::now() >= deadline + patience) {
            log.write(severity::error,
                      "ending without an answer to some sets: the database has been locked for too long");
            std::_Exit(EXIT_FAILURE);
        }
    }
}

/// Reads certificate and key anew, if there are any; what cannot be used leaves those that there are.
void reload(net::tls::credentials* credentials, domain::logger& log) noexcept {
    if (credentials == nullptr) return;
    try {
        credentials->reload();
        log.write(severity::notice, "the certificate has been read anew");
    } catch (const std::exception& failed) {
        log.write(severity::error, domain::short_line{"the certificate stays as it was: ", failed.what()});
    }
}

/// What is to be done when the database is broken: those who wait are told so, and the process ends.
class broken_database {
public:
    explicit broken_database(domain::logger& log) : log_(log) {}

    /// Any thread.
    void report() noexcept {
        if (is_broken_.exchange(true)) return;
        log_.write(severity::critical, "the database can no longer be written; exiting, to be restarted");
        ending_signals::raise();
    }

    [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

private:
    domain::logger& log_;
    std::atomic<bool> is_broken_ = false;
};

}  // namespace

int serve(const common_options& common, const serve_options& options) {
    stderr_log log(options.level, options.format);
    std::signal(SIGPIPE, SIG_IGN);  // a log that nobody reads any more is no reason to end
    net::server_settings settings = options.server;
    settings.max_connections = raise_open_file_limit(settings.max_connections, log);

    // Ports first: where one is in use, the data folder stays untouched.
    net::listening_sockets sockets(options.listen, options.permissions);
    const auto credentials = load_credentials(options, log);
    persistence::database db(common.data, {.mode = persistence::open_mode::create,
                                           .map_size = common.map_size,
                                           .may_shrink_map = true,
                                           .server_name = common.server_name});
    persistence::discard_broken_imports(db);

    const ending_signals signals;
    broken_database broken(log);
    // From here on, the reverse of this order is the order of the end.
    persistence::lmdb_store store(db, log, {.on_broken = [&broken] { broken.report(); }});
    net::server server(settings, store, log);

    const auto addresses = sockets.addresses();
    server.start(std::move(sockets), credentials.get());
    for (const std::string& address : addresses) log.write(severity::notice, "listening on " + address);
    notify_service_manager("READY=1");

    signals.wait([&] { reload(credentials.get(), log); });
    const std::size_t open = server.connections();
    domain::short_line stopping{"stopping; "};
    log.write(severity::info,
              stopping.append_number(open).append(open == 1 ? " open connection" : " open connections"));
    notify_service_manager("STOPPING=1");
    drain(server, signals, broken.is_broken() ? std::min(options.drain, farewell) : options.drain, log);
    if (broken.is_broken()) std::_Exit(EXIT_FAILURE);  // nothing can be closed in good order
    server.join();
    log.write(severity::info, "stopped");
    return EXIT_SUCCESS;
}

}  // namespace pusherd::app
