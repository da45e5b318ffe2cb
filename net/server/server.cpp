#include "net/server/server.hpp"

#include "net/api/refusal.hpp"
#include "net/http/response.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace pusherd::net {

server::server(const server_settings& settings, domain::store& store, domain::logger& log)
    : settings_(settings), log_(log), set_rate_(settings.api.set_rate, settings.api.set_burst) {
    for (std::size_t i = 0; i < std::max<std::size_t>(settings_.threads, 1); ++i)
        workers_.push_back(std::make_unique<worker>(settings_, store, set_rate_, log, connections_));
}

server::~server() {
    begin_stop();
    abort();
    join();
}

void server::start(listening_sockets sockets) {
    event_loop& loop = workers_.front()->loop();
    for (const int descriptor : sockets.open()) acceptors_.push_back(std::make_unique<acceptor>(loop, descriptor));
    for (const auto& each : acceptors_)
        asio::co_spawn(loop.get_executor(), listen(*each), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);  // to the loop, which logs it
        });
    workers_.front()->set_on_sweep([this] {
        for (const auto& each : acceptors_) each->resume();
    });
    for (const auto& each : workers_) each->start();
}

// One connection a turn of the loop: those that are there already come first.
task<> server::listen(acceptor& from) {
    while (from.is_open()) {
        co_await from.connection_or_close();
        if (!from.is_open()) co_return;
        auto [socket, failed] = from.accept();
        if (!failed && ++connections_ <= settings_.max_connections) {
            hand_over(std::move(socket), &next_worker());
        } else if (!failed) {
            from.pause();  // that it is readable need not be told again meanwhile
            co_await admit_beyond_limit(std::move(socket));
            from.resume();
        } else if (failed != asio::error::would_block && failed != asio::error::connection_aborted) {
            log_.write(domain::severity::warning, "a connection could not be accepted: " + failed.message());
            from.pause();  // it would fail again at once, and burn a core
        }
    }
}

task<> server::admit_beyond_limit(connection_socket socket) {
    const bool has_room = co_await make_room();
    hand_over(std::move(socket), has_room ? &next_worker() : nullptr);
}

worker& server::next_worker() noexcept { return *workers_[next_worker_++ % workers_.size()]; }

// To a worker, or to nobody. One connection's failure, such as no memory, must not end the listener.
void server::hand_over(connection_socket socket, worker* home) {
    try {
        if (home != nullptr) return home->adopt(std::move(socket));
        turn_away(socket);
    } catch (const std::exception& error) {
        log_.write(domain::severity::error, std::string("a connection was lost: ") + error.what());
    }
    --connections_;
}

// Full: the connection that has waited longest for a request makes room for the new one. By the time that its worker
// looks, a request may have come in on it; then the next is asked. False: no connection waits.
task<bool> server::make_room() {
    for (;;) {
        worker& longest = **std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
            return a->longest_waiting_since() < b->longest_waiting_since();
        });
        const clock::time_point since = longest.longest_waiting_since();
        if (since != clock::time_point::max()) {
            const bool evicted =
                co_await asio::co_spawn(longest.loop().get_executor(), longest.evict_waiting_since(since), use_task);
            if (evicted) co_return true;
        } else if (std::any_of(workers_.begin(), workers_.end(),
                               [](const auto& each) { return each->has_connections_on_their_way(); })) {
            co_await asio::post(workers_.front()->loop().get_executor(), asio::deferred);  // they will wait in a moment
        } else {
            co_return false;
        }
    }
}

// Says why, if the socket takes it at once, and closes.
void server::turn_away(const connection_socket& socket) {
    const refusal no = refusals::too_many_connections();
    response_writer writer;
    std::string answer;
    const std::string fields = fields_of(no);
    writer.append(answer, {.status = no.status, .extra_fields = fields, .close = true}, body_of(no), false);
    (void)socket.send(answer);
    socket.end_sending();
}

void server::begin_stop() {
    workers_.front()->loop().post([this] {
        for (const auto& each : acceptors_) each->close();
    });
    for (const auto& each : workers_) each->stop_sessions();
}

void server::abort() {
    for (const auto& each : workers_) each->abort_sessions();
}

void server::join() {
    for (const auto& each : workers_) each->join();
}

}  // namespace pusherd::net
