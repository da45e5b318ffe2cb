#pragma once

#include "domain/validators/token_validator.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/suspension.hpp"
#include "net/server/task.hpp"
#include "net/tls/channel.hpp"
#include "net/upstream/answer_reader.hpp"

#include <boost/intrusive/list.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pusherd::net {

/// What came of a request that was put on a connection.
struct exchanged {
    std::optional<domain::validator_answer> answer;  ///< nothing: it failed
    std::string retry_after{};                       ///< the answer's Retry-After; empty: none
    std::string problem;                             ///< why it failed; for the operator
    bool was_unheard = false;   ///< it failed before a byte of the answer: the server may never have seen the request
    bool is_late = false;       ///< it took too long
    bool was_nonsense = false;  ///< what came is no answer of HTTP
    bool was_put = true;        ///< it had its turn: that it had none says nothing of the server
    bool may_be_kept = false;   ///< the connection is good for another request
};

/// A connection to an upstream server: one request at a time. The loop's thread.
class upstream_connection final : private readiness_observer, public boost::intrusive::list_base_hook<unlinking> {
public:
    explicit upstream_connection(event_loop& loop) noexcept : loop_(loop) {}
    ~upstream_connection();

    upstream_connection(const upstream_connection&) = delete;
    upstream_connection& operator=(const upstream_connection&) = delete;

    /// Connects, and shakes hands.
    /// @param how of TLS; no context: in the clear
    /// @return why that failed; empty: it has not
    [[nodiscard]] task<std::string> connect(tcp::endpoint to, tls::meeting how, clock::time_point deadline);

    /// After connect() has failed: whether it took too long, and whether it had come as far as TLS.
    [[nodiscard]] bool is_late() const noexcept { return is_late_; }
    [[nodiscard]] bool has_begun_with_tls() const noexcept { return tls_ != nullptr; }

    /// Puts a request, and waits for the answer. `request` must stay until then.
    [[nodiscard]] task<exchanged> exchange(std::string_view request, clock::time_point deadline,
                                           answer_bound bound = {});

    /// Whether it is still good for another request, as far as one can know: nothing has come, and not its end.
    [[nodiscard]] bool is_open();

    /// Ends what has taken too long.
    void check_deadline(clock::time_point now) noexcept;

private:
    [[nodiscard]] task<std::string> shake_hands();
    [[nodiscard]] task<std::string> send(std::string_view bytes);
    [[nodiscard]] task<connection_socket::transfer> receive(std::span<char> room);
    [[nodiscard]] auto until_ready() { return waiting_.until_resumed(); }
    [[nodiscard]] std::string why_no_handshake(const boost::system::error_code& failed) const;
    void on_ready(readiness) override { waiting_.resume_later(loop_); }

    event_loop& loop_;
    std::unique_ptr<connection_socket> socket_;
    std::unique_ptr<tls::channel> tls_;
    clock::time_point deadline_ = clock::time_point::max();
    bool is_late_ = false;
    suspension waiting_;
};

}  // namespace pusherd::net
