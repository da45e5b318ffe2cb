#pragma once

#include "bench/gateway/delay_queue.hpp"
#include "bench/gateway/request_desk.hpp"
#include "net/http/request_reader.hpp"
#include "net/http/response.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/input_buffer.hpp"
#include "net/server/suspension.hpp"
#include "net/server/task.hpp"
#include "net/server/transport.hpp"
#include "net/tls/credentials.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace pusherd::bench {

/// One connection to the gateway, from accept to close: a coroutine that waits, around plain functions that do what can
/// be done (advance()). Requests are answered in their order, one after another; there is no deadline for a client.
/// The loop's thread.
class conversation final : public boost::intrusive::list_base_hook<net::unlinking>,
                           private delayed,
                           private net::readiness_observer {
public:
    /// What conversations have in common; it outlives them.
    struct surroundings {
        net::event_loop& loop;
        delay_queue& delays;
        request_desk& desk;
        net::response_writer& writer;
        const net::tls::credentials* credentials;  ///< none: in the clear
    };

    /// Throws bad_alloc.
    conversation(const surroundings& around, net::connection_socket socket);

    /// Carries the connection on until it ends. The conversation must outlive the coroutine.
    [[nodiscard]] net::task<> carry_on();

    /// Ends the connection, at once or with the answer that is on its way.
    void leave();

    /// Ends it, whatever is on its way.
    void abort();

private:
    /// What comes next, once the answers so far are sent. `linger`: something has come that nobody will read.
    enum class step : std::uint8_t { read, go_on, delay, silent, linger, close };

    [[nodiscard]] step advance();
    [[nodiscard]] std::optional<step> advance_head();
    [[nodiscard]] std::optional<step> advance_body();
    [[nodiscard]] step refuse(net::reading_fault why);
    [[nodiscard]] std::optional<step> carry_out(verdict said);
    [[nodiscard]] std::optional<step> answer(const verdict& said);
    [[nodiscard]] step last_step() const noexcept;

    [[nodiscard]] bool receive();
    [[nodiscard]] bool shake_hands();
    void note_what_is_left(const net::connection_socket::transfer& received) noexcept;
    [[nodiscard]] bool goes_on_sending() const noexcept;
    void send_now() noexcept;
    /// Nobody waits for an answer any more: a client whose time is up has closed, and would leave its connection here
    /// for as long as the delay.
    [[nodiscard]] bool is_given_up() const noexcept { return ended_ || aborted_; }
    [[nodiscard]] bool is_gone() const noexcept { return ended_ || leaving_; }
    void begin_lingering();
    [[nodiscard]] bool goes_on_lingering() const noexcept;
    void throw_input_away() noexcept;

    void on_ready(net::readiness what) override;
    void on_due() override;

    surroundings around_;
    net::transport transport_;
    net::input_buffer input_;
    net::request_reader reader_;
    std::string output_;
    std::size_t sent_ = 0;         // of the output
    std::optional<verdict> held_;  // until its delay is over
    std::size_t thrown_away_ = 0;  // bytes, while lingering
    asked_for asked_ = asked_for::unknown;
    bool in_body_ = false;
    bool is_head_ = false;
    bool keep_alive_ = true;
    bool is_due_ = false;
    bool readable_ = false;  // bytes have come since a call said that there are no more
    bool writable_ = true;   // no call has said that there is no room
    bool broken_ = false;    // the client takes nothing any more
    bool ended_ = false;     // the client sends nothing more
    bool leaving_ = false;
    bool aborted_ = false;
    net::suspension waiting_;  // for whatever
};

}  // namespace pusherd::bench
