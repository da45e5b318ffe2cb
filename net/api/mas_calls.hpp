#pragma once

#include "domain/error.hpp"
#include "domain/session_end.hpp"
#include "net/api/pending_relay.hpp"
#include "net/api/refusal.hpp"
#include "net/api/routes.hpp"
#include "net/upstream/upstream_statistics.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// What is particular to the calls of the Matrix Authentication Service (MAS): who makes them, what they mean, and who
/// else is told. One for all threads. An interface, because a build without validators has none of it.
class mas_calls {
public:
    virtual ~mas_calls() = default;

    /// Has threads and relays from now on; to be called before any thread may call what is below. Throws tls::unusable.
    virtual void start() = 0;

    // Any thread.

    /// Whether this secret is MAS's.
    [[nodiscard]] virtual bool is_secret(std::string_view presented) const noexcept = 0;

    /// What a call says has ended, by its body.
    [[nodiscard]] virtual domain::result<domain::session_end> read(endpoint call, std::string_view body) const = 0;

    /// Whether there is a homeserver that is told as well.
    [[nodiscard]] virtual bool are_relayed() const noexcept = 0;

    /// Makes the call there; pending_relay::finish() will be called. It must stay until then.
    virtual void relay(pending_relay& call) noexcept = 0;

    /// Of the calls at that homeserver; nothing: there is none.
    [[nodiscard]] virtual std::optional<upstream_statistics> statistics() const = 0;

    /// Asks its thread, if it has one, to tell that it gets on, by is_alive().
    virtual void ask_whether_alive() noexcept = 0;
    [[nodiscard]] virtual bool is_alive() const noexcept = 0;

    /// Answers all that is under way, and all that comes, without relaying it.
    virtual void abort() noexcept = 0;
};

}  // namespace pusherd::net
