#include "app/service/serve.hpp"

#include "app/commands/commands.hpp"
#include "app/logging/log.hpp"
#include "app/metrics/server_metrics.hpp"
#include "app/service/certificate.hpp"
#include "app/service/inherited_sockets.hpp"
#include "app/service/mas.hpp"
#include "app/service/open_file_limit.hpp"
#include "app/service/poke_delivery.hpp"
#include "app/service/reload.hpp"
#include "app/service/signals.hpp"
#include "app/service/systemd.hpp"
#include "app/service/validators.hpp"
#include "app/service/watchdog.hpp"
#include "domain/fixed_text.hpp"
#include "net/bounds.hpp"
#include "net/pokes/delivery.hpp"
#include "net/server/server.hpp"
#include "persistence/registry/lmdb_store.hpp"
#include "persistence/registry/token_import.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::app {
namespace {

using domain::severity;

constexpr std::chrono::milliseconds drain_poll{10};
constexpr std::chrono::seconds patience{5};                // beyond --drain, for sets that the store has
constexpr std::chrono::seconds patience_with_gateways{3};  // what they have not answered then is sent again
constexpr std::chrono::seconds farewell{1};  // to say that the database is broken: a restart is what helps

/// What the service manager has opened, and of what it has not, what is asked for.
net::listening_sockets open_sockets(const std::vector<net::inherited_socket>& inherited, const serve_options& options) {
    net::listening_sockets sockets = net::listening_sockets::inherit(inherited);
    if (!sockets.offer(net::surface::api)) sockets.join(net::listening_sockets(options.listen, options.permissions));
    if (!sockets.offer(net::surface::metrics))
        sockets.join(net::listening_sockets(options.metrics_listen, options.permissions, net::surface::metrics));
    return sockets;
}

/// Where it listens, as lines for the log.
std::vector<std::string> announcements(const net::listening_sockets& sockets) {
    std::vector<std::string> lines;
    for (const std::string& address : sockets.addresses()) lines.push_back("listening on " + address);
    for (const std::string& address : sockets.addresses(net::surface::metrics))
        lines.push_back("metrics on " + address);
    return lines;
}

void announce_stop(std::size_t open_connections, domain::logger& log) noexcept {
    domain::short_line stopping{"stopping; "};
    log.write(severity::info, stopping.append_number(open_connections)
                                  .append(open_connections == 1 ? " open connection" : " open connections"));
    notify_service_manager("STOPPING=1");
}

// As it is given, or recorded; empty: neither.
std::string server_name_of(const common_options& common) {
    if (!common.server_name.empty()) return common.server_name;
    try {
        persistence::database recorded = open_to_look(common);
        return persistence::snapshot_reader(recorded.env())(
            [&](const persistence::read_txn& txn) { return recorded.server_name(txn); });
    } catch (const persistence::unusable_database&) {
        return {};
    }
}

void wait_for_end(const signals& coming, watchdog& dog, reloader& configuration) {
    for (;;) {
        const int came = coming.wait_for(dog.until_next());
        if (is_end(came)) return;
        if (came == SIGHUP) configuration.reload();
        dog.tell_if_due();
    }
}

/// What is under way in a server: requests, and pokes.
struct all_under_way {
    net::server& server;
    net::poke_delivery* pokes;

    void begin_stop() const {
        server.begin_stop();
        if (pokes != nullptr) pokes->begin_stop();
    }
    [[nodiscard]] bool has_stopped() const {
        return server.has_stopped() && (pokes == nullptr || pokes->has_stopped());
    }
};

/// Waits for the connections to end, and for the pokes, and ends them if they take too long. Those that wait for a set
/// can only be ended by the store; where it does not answer, because another process holds its lock and stands still,
/// the process ends.
void drain(const all_under_way& what, const signals& coming, watchdog& dog, std::chrono::seconds at_most,
           domain::logger& log) {
    net::server& server = what.server;
    what.begin_stop();
    const auto began = net::clock::now();
    const auto deadline = began + at_most;
    while (!what.has_stopped()) {
        if (is_end(coming.wait_for(drain_poll))) std::_Exit(EXIT_FAILURE);
        dog.tell_if_due();
        if (net::clock::now() >= began + net::bounds::last_requests) server.end_idle_connections();
        if (what.pokes != nullptr && net::clock::now() >= began + patience_with_gateways) what.pokes->abort();
        // A connection that was accepted while the listeners closed is stopped, or aborted, once more.
        if (net::clock::now() >= deadline) server.abort();
        if (net::clock::now() >= deadline + patience) {
            log.write(severity::error,
                      "ending without an answer to some sets: the database has been locked for too long");
            std::_Exit(EXIT_FAILURE);
        }
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
        signals::raise_end();
    }

    [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

private:
    domain::logger& log_;
    std::atomic<bool> is_broken_ = false;
};

}  // namespace

int serve(const serve_configuration& configuration, const read_configuration& read_again) {
    const auto& [common, options] = configuration;
    ignore_hangups();
    stderr_log log(options.level, options.format);
    std::signal(SIGPIPE, SIG_IGN);  // a log that nobody reads any more is no reason to end
    net::server_settings settings = options.server;
    settings.max_connections = raise_open_file_limit(settings.max_connections, log);

    // First what may be refused: the data folder stays untouched then.
    const auto inherited = take_inherited_sockets();
    net::listening_sockets sockets = open_sockets(inherited, options);
    const auto credentials = load_credentials(sockets.need_credentials(), options.certificate, log);
    const std::string server_name = server_name_of(common);
    check_email_policy(settings.api.set_policy.email_pushers, options.auth);
    auto known_validators = read_validators(options.auth, server_name);
    const auto mas = read_mas_calls(options, server_name, log);
    persistence::database db(common.data, {.mode = persistence::open_mode::create,
                                           .map_size = common.map_size,
                                           .may_shrink_map = true,
                                           .server_name = common.server_name});
    if (!db.put_aside().empty()) log.write(severity::warning, db.put_aside());
    persistence::discard_broken_imports(db);

    const signals coming;
    broken_database broken(log);
    // From here on, the reverse of this order is the order of the end.
    persistence::lmdb_store store(
        db, log, {.on_broken = [&broken] { broken.report(); }, .keep = time_to_keep_session_ends(options.auth)});
    server_metrics metrics(db, store);
    const auto validators = start_authenticator(std::move(known_validators), options.auth, log);
    if (mas) mas->start();
    const auto pokes = start_poke_delivery(options, store, log);
    net::server server(settings, store, log, &metrics, validators.get(), mas.get(), pokes.get());
    metrics.set_server(server);
    metrics.set_credentials(credentials.get());
    metrics.set_authenticator(validators.get());
    metrics.set_mas_calls(mas.get());
    metrics.set_poke_delivery(pokes.get());

    // Before anybody is told that it listens: from then on, no want of memory ends it.
    watchdog dog(server, store, log);
    reloader reload(configuration, read_again, {server, credentials.get(), pokes.get()}, log);

    const auto lines = announcements(sockets);
    server.start(std::move(sockets), credentials.get());
    for (const std::string& line : lines) log.write(severity::notice, line);
    if (credentials) log.write(severity::info, "the certificate is " + validity(*credentials));
    notify_service_manager("READY=1");

    wait_for_end(coming, dog, reload);

    announce_stop(server.connections(), log);
    const std::chrono::seconds at_most = reload.running().drain;
    drain({server, pokes.get()}, coming, dog, broken.is_broken() ? std::min(at_most, farewell) : at_most, log);
    if (broken.is_broken()) std::_Exit(EXIT_FAILURE);  // nothing can be closed in good order
    server.join();
    log.write(severity::info, "stopped");
    return EXIT_SUCCESS;
}

}  // namespace pusherd::app
