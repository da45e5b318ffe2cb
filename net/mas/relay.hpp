#pragma once

#include "domain/logger.hpp"
#include "net/api/pending_relay.hpp"
#include "net/asio.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/mailbox.hpp"
#include "net/server/task.hpp"
#include "net/upstream/upstream.hpp"
#include "net/upstream/upstream_statistics.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace pusherd::net {

/// Makes MAS's calls at the homeserver behind, as MAS would: by the same paths, bodies and secret. One thread. Every
/// call is answered, within the time that the homeserver has; one that it may have heard can be made again, for all of
/// them say how things are, and not what is to be done.
class mas_relay {
public:
    /// Begins with its thread, and those that look names up. Throws tls::unusable.
    /// @param name of the homeserver; for the log
    mas_relay(upstream::options where, const std::string& name, std::string_view secret, domain::logger& log);

    /// No call may be under way.
    ~mas_relay();

    mas_relay(const mas_relay&) = delete;
    mas_relay& operator=(const mas_relay&) = delete;

    // Any thread.

    void put(pending_relay& call) noexcept;
    void abort() noexcept { loop_.post(abort_call_); }
    [[nodiscard]] upstream_statistics statistics() const;

    /// Asks its thread to tell that it gets on, by is_alive().
    void ask_whether_alive() noexcept;
    [[nodiscard]] bool is_alive() const noexcept { return is_alive_; }

private:
    void take_calls() noexcept;
    [[nodiscard]] task<> carry(pending_relay& call);
    [[nodiscard]] task<std::optional<domain::validator_answer>> put_upstream(const pending_relay& call);
    void tell(std::string_view why) noexcept;

    domain::logger& log_;
    std::string name_;
    std::string authorization_;
    event_loop loop_;
    upstream server_;
    mailbox<awaited> calls_;
    clock::time_point last_told_{};
    standing_call calls_call_{[this] { take_calls(); }};
    standing_call abort_call_{[this] { server_.abort(); }};
    std::atomic<bool> is_alive_ = true;
    standing_call alive_call_{[this] { is_alive_ = true; }};
    standing_call end_call_{[this] { loop_.stop(); }};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace pusherd::net
