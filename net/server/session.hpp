#pragma once

#include "net/server/connection_socket.hpp"
#include "net/server/connection_terms.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/settings.hpp"
#include "net/server/suspension.hpp"
#include "net/server/task.hpp"
#include "net/server/transport.hpp"
#include "net/server/workspace.hpp"

#include <boost/intrusive/list.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace pusherd::net {

class worker;

struct all_sessions_tag;
struct waiting_sessions_tag;
using all_sessions_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<all_sessions_tag>, unlinking>;
using waiting_sessions_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<waiting_sessions_tag>, unlinking>;

/// One connection, from accept to close: a coroutine on its worker's thread for life.
///
/// What has arrived is carried out by plain functions (advance()); the coroutine alone waits: for bytes, for the disk,
/// for the client to take its answers. No answer is held back while it waits.
class session final : public all_sessions_hook,
                      public waiting_sessions_hook,
                      private answer_waiter,
                      private readiness_observer {
public:
    /// Throws bad_alloc.
    session(worker& home, connection_socket socket, const connection_terms& terms);
    ~session();

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Serves the connection until it ends. The session must outlive the coroutine.
    [[nodiscard]] task<> serve();

    /// Ends what has taken too long. The worker calls it once a second: arming a deadline costs a store.
    void check_deadline(clock::time_point now);

    /// From now on every answer is the connection's last.
    void stop() noexcept { stopping_ = true; }

    /// After stop(): ends the connection if no request is under way, nor has come and waits to be read.
    void leave();

    /// Ends the connection, whatever is under way.
    void abort();

    /// Since when it has been waiting for a request's head; what a new connection may be preferred to.
    [[nodiscard]] clock::time_point waiting_since() const noexcept { return waiting_since_; }

private:
    /// What it waits for, and how that may end: handshake (TLS's) and idle (a request; for both, timeout and stop close
    /// silently), head and body (408), answering (the store, the validators, or the homeserver behind: they always
    /// answer), writing (the client, to take its answers: timeout closes), lingering (the client, to read a refusal:
    /// timeout closes). abort() ends every one but answering.
    enum class phase : std::uint8_t { handshake, idle, head, body, answering, writing, lingering };

    /// What is to be done next, once the answers so far are sent.
    enum class step : std::uint8_t { read, send, commit, ask, go_on, close, close_with_unread_input };
    enum class end : std::uint8_t { none, timeout, stopped };

    /// What a wait for the client to take its answers comes in between.
    struct interrupted_phase {
        phase before;
        clock::time_point deadline;
    };

    [[nodiscard]] step advance() noexcept;
    [[nodiscard]] step carry_out_requests();
    [[nodiscard]] bool has_room_for_an_answer() noexcept;
    [[nodiscard]] std::optional<step> advance_head();
    [[nodiscard]] std::optional<step> advance_body();
    [[nodiscard]] std::optional<step> read_body();
    void finish_request();
    [[nodiscard]] bool has_unread_input() const;
    [[nodiscard]] step refuse(const refusal& no, bool is_head, bool unread_input);
    [[nodiscard]] step refuse_unreadable(reading_fault fault);
    [[nodiscard]] bool is_between_requests() const noexcept;
    [[nodiscard]] bool prepare_to_receive();
    [[nodiscard]] bool receive();
    [[nodiscard]] bool shake_hands();
    void note_what_is_left(const connection_socket::transfer& received) noexcept;
    [[nodiscard]] connection_socket::transfer read_into(std::span<char> room);
    [[nodiscard]] bool has_something_to_say() const noexcept;
    [[nodiscard]] std::size_t send_now(std::size_t sent) noexcept;
    [[nodiscard]] bool goes_on_sending(std::size_t sent) const noexcept;
    [[nodiscard]] interrupted_phase begin_waiting_for_client() noexcept;
    void end_waiting_for_client(const interrupted_phase& interrupted) noexcept;
    void begin_lingering() noexcept;
    [[nodiscard]] bool goes_on_lingering() const noexcept;
    void throw_input_away() noexcept;
    void begin_waiting_for_answer();
    /// False: others are to be told as well, before there is an answer.
    [[nodiscard]] bool answer_change();
    [[nodiscard]] step ask();
    [[nodiscard]] std::optional<step> go_on_admitting();
    [[nodiscard]] std::optional<step> refuse_head(const refusal& no, bool is_head, bool unread_body);
    [[nodiscard]] std::optional<step> begin_body();
    void on_answered() override;
    void on_ready(readiness what) override;
    void arm(phase next, std::chrono::seconds timeout);
    void begin_waiting_for_head();
    void return_workspace_if_idle();

    worker& home_;
    transport transport_;
    std::unique_ptr<workspace> work_;  // none while idle
    clock::time_point deadline_;
    clock::time_point waiting_since_;
    phase phase_ = phase::idle;
    end end_ = end::none;
    bool readable_ = false;   // bytes have come since a call said that there are no more
    bool writable_ = true;    // no call has said that there is no room
    bool broken_ = false;     // the client takes no answers any more
    bool ended_ = false;      // the client sends nothing more: it stays readable, to the end of the stream
    bool in_body_ = false;    // between a request's head and its answer
    bool keep_alive_ = true;  // what the request under way asks for
    bool closing_ = false;    // the last answer has been made
    bool answered_ = false;   // what is waited for has been, before anybody waited for it
    bool admitting_ = false;  // the validators have been asked whose the request is, before its body
    bool has_body_ = false;   // of the request that is being admitted
    bool wants_continue_ = false;
    bool stopping_ = false;
    bool leaving_ = false;
    surface surface_;
    bool is_served_ = false;
    std::uint32_t thrown_away_ = 0;  // bytes, while lingering
    suspension waiting_;             // for whatever
};

using session_list = boost::intrusive::list<session, boost::intrusive::base_hook<all_sessions_hook>,
                                            boost::intrusive::constant_time_size<false>>;
using waiting_list = boost::intrusive::list<session, boost::intrusive::base_hook<waiting_sessions_hook>,
                                            boost::intrusive::constant_time_size<false>>;

}  // namespace pusherd::net
