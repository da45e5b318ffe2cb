#include "net/server/server.hpp"

#include "net/api/refusal.hpp"
#include "net/http/response.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace pusherd::net {
namespace {

// A failed accept leaves the connection in the backlog: without a pause the loop would burn a core.
constexpr std::chrono::milliseconds pause_after_failed_accept{100};

}  // namespace

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
    acceptors_ = sockets.open(workers_.front()->get_executor());
    for (tcp_acceptor& acceptor : acceptors_)
        asio::co_spawn(workers_.front()->get_executor(), accept(acceptor), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
    for (const auto& each : workers_) each->start();
}

task<> server::accept(tcp_acceptor& acceptor) {
    steady_timer pause(acceptor.get_executor());
    while (acceptor.is_open()) {
        worker& home = *workers_[next_worker_++ % workers_.size()];
        auto [failed, socket] = co_await acceptor.async_accept(home.get_executor(), as_result);
        if (!failed) {
            bool has_room = ++connections_ <= settings_.max_connections;
            if (!has_room) has_room = co_await make_room();
            hand_over(std::move(socket), has_room ? &home : nullptr);
            continue;
        }
        if (failed == asio::error::operation_aborted) co_return;
        if (failed == asio::error::connection_aborted) continue;  // the client has gone already
        log_.write(domain::severity::warning, "a connection could not be accepted: " + failed.message());
        pause.expires_after(pause_after_failed_accept);
        co_await pause.async_wait(as_result);
    }
}

// To a worker, or to nobody. One connection's failure, such as no memory, must not end the listener.
void server::hand_over(tcp_socket socket, worker* home) {
    try {
        if (home != nullptr) return home->adopt(std::move(socket));
        turn_away(std::move(socket));
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
        if (since == clock::time_point::max()) co_return false;
        const bool evicted =
            co_await asio::co_spawn(longest.get_executor(), longest.evict_waiting_since(since), use_task);
        if (evicted) co_return true;
    }
}

// Says why, if the socket takes it at once, and closes.
void server::turn_away(tcp_socket socket) {
    const refusal no = refusals::too_many_connections();
    response_writer writer;
    std::string answer;
    const std::string fields = fields_of(no);
    writer.append(answer, {.status = no.status, .extra_fields = fields, .close = true}, body_of(no), false);
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(answer), ignored);
    socket.shutdown(tcp_socket::shutdown_send, ignored);
}

void server::begin_stop() {
    asio::post(workers_.front()->get_executor(), [this] {
        boost::system::error_code ignored;
        for (tcp_acceptor& acceptor : acceptors_) acceptor.close(ignored);
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
