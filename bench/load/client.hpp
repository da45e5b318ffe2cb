#pragma once

#include "bench/load/measurements.hpp"
#include "bench/load/response_parser.hpp"
#include "bench/load/tls_context.hpp"
#include "net/asio.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"
#include "net/tls/channel.hpp"

#include <boost/circular_buffer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pusherd::bench {

/// A request that is, or was, under way.
struct request {
    request_kind kind;
    std::size_t user;
    load_clock::time_point started;  ///< in an open loop: when it was meant to be sent
};

class client;

/// What clients belong to: it gives them requests, and is told what became of them.
class client_owner {
public:
    /// Appends a request's bytes.
    virtual void write(const request& what, std::string& out) = 0;
    /// An answer has come, right or wrong.
    virtual void on_answer(const request& what, int status, std::string_view body) = 0;
    /// The connection failed before the answer came.
    virtual void on_lost(const request& what) = 0;
    /// A connection could not be made, or was lost.
    virtual void on_failure(const std::string& why) = 0;
    /// The client has room for a request: add() may be called, once. If it is, and there is more room, it asks again.
    virtual void on_room(client& free) = 0;
    /// The client has lost its connection, and is to be told to start() anew in a moment, not at once.
    virtual void on_pause(client& paused) = 0;

protected:
    ~client_owner() = default;
};

/// One connection after another, and what is in flight on it. It uses the server's own event loop, and no coroutine:
/// the load tool must not be the bottleneck, and a request is one read and one write here.
class client final : private net::readiness_observer {
public:
    /// @param tls none: in the clear
    client(net::event_loop& loop, const net::tcp::endpoint& server, tls_context tls, client_owner& owner,
           std::size_t in_flight, bool keep_alive);

    /// Connects, and asks for requests; also again, after a pause.
    void start();

    /// Takes a request; only within on_room(), or while has_room().
    void add(const request& what);

    /// Sends what add() took; who calls on_room() does so itself.
    void flush();

    [[nodiscard]] bool has_room() const noexcept {
        const bool may_send = state_ == state::connected || (!keep_alive_ && state_ != state::paused);
        return may_send && in_flight_.size() < in_flight_.capacity();
    }

    bool waits_for_request = false;  ///< the owner's note

    /// What is under way, for the end of the run.
    [[nodiscard]] const boost::circular_buffer<request>& in_flight() const noexcept { return in_flight_; }

private:
    enum class state : std::uint8_t { closed, connecting, shaking_hands, connected, paused };
    enum class reading : std::uint8_t { goes_on, ended };

    void on_ready(net::readiness what) override;
    void connect();
    void on_connected();
    void shake_hands();
    [[nodiscard]] net::connection_socket::transfer receive(std::span<char> room) noexcept;
    [[nodiscard]] net::connection_socket::transfer send(std::string_view bytes) noexcept;
    void fill();
    void read(bool to_the_end);
    void read_later(bool to_the_end);
    [[nodiscard]] reading take_answers(std::size_t count);
    [[nodiscard]] bool take_answer();
    void end_connection(const std::string& why);
    void reconnect();
    void close();

    net::event_loop& loop_;
    net::tcp::endpoint server_;
    tls_context tls_context_;
    client_owner& owner_;
    const bool keep_alive_;
    std::optional<net::connection_socket> socket_;
    std::unique_ptr<net::tls::channel> tls_;  ///< none: in the clear
    boost::circular_buffer<request> in_flight_;
    std::string output_;
    std::size_t sent_ = 0;  ///< of output_
    state state_ = state::closed;
    bool waits_to_send_ = false;
    response_parser parser_;
    std::size_t unparsed_ = 0;  ///< bytes at the front of input_ that the parser wants again with more behind them
    std::array<char, 16 * 1024> input_;
};

}  // namespace pusherd::bench
