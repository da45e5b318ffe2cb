#pragma once

#include "domain/error.hpp"
#include "domain/identity.hpp"
#include "domain/pokes/notification.hpp"
#include "domain/pokes/poke_result.hpp"
#include "domain/pusher.hpp"
#include "domain/rules.hpp"
#include "domain/session_end.hpp"
#include "domain/set_command.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

/// What is to be written, on its way through the store.
namespace pusherd::domain {

/// Milliseconds since the Unix epoch.
using timestamp = std::int64_t;

/// A change that somebody waits for. It lives where the answer is awaited, and must stay alive until on_done().
class change_request {
public:
    const identity* who;  ///< who asks for it
    timestamp now;        ///< when it came in: the times that a pusher gets

    /// Storage failed, and nothing was written; the store has logged why.
    bool failed = false;

    /// Called once, on a thread of the store, when the answer is there, or it has failed; what was answered is on disk.
    virtual void on_done() noexcept = 0;

protected:
    change_request(const identity& requester, timestamp received) : who(&requester), now(received) {}
    ~change_request() = default;
};

/// A set of one's own pusher.
class set_request : public change_request {
public:
    set_request(const identity& requester, const set_command& wanted, const user_limits& limits, timestamp received)
        : change_request(requester, received), command(&wanted), allowed(limits) {}

    const set_command* command;
    user_limits allowed;

    /// The answer, once there is one: the outcome, errc::user_limit_exceeded, or errc::unknown_token if the token was
    /// revoked meanwhile. Meaningless if `failed`.
    result<outcome> answer = outcome::unchanged;

protected:
    ~set_request() = default;
};

/// Sessions that have ended elsewhere.
class session_end_request : public change_request {
public:
    session_end_request(const identity& requester, const session_end& ended, timestamp received)
        : change_request(requester, received), what(&ended) {}

    const session_end* what;

    /// What went with them; or errc::unknown_token if the token of who asks was revoked meanwhile.
    result<ended_sessions> answer = ended_sessions{};

protected:
    ~session_end_request() = default;
};

/// Some of a user's pushers.
struct chosen_pushers {
    std::string user_id;
    std::vector<pusher_key> keys;
};

/// Pushers that an administrator removes, whoever they belong to.
class removal_request : public change_request {
public:
    removal_request(const identity& requester, const std::vector<chosen_pushers>& chosen, timestamp received)
        : change_request(requester, received), doomed(&chosen) {}

    const std::vector<chosen_pushers>* doomed;

    /// How many of them were still there; or errc::unknown_token if the administrator's token was revoked meanwhile.
    result<std::uint64_t> answer = std::uint64_t{0};

protected:
    ~removal_request() = default;
};

/// Notifications that a homeserver hands over: all of them wait for their pushers, or none.
class notify_request : public change_request {
public:
    notify_request(const identity& requester, const std::vector<notification>& told, timestamp received)
        : change_request(requester, received), what(&told) {}

    const std::vector<notification>* what;

    /// How many wait for a pusher now, each counted for each; or errc::unknown_token if the token of who asks was
    /// revoked meanwhile.
    result<std::uint64_t> answer = std::uint64_t{0};

protected:
    ~notify_request() = default;
};

/// What came of pokes. Asked for by pusherd itself.
class poke_results_request : public change_request {
public:
    poke_results_request(const identity& pusherd, std::vector<poke_result>& results, timestamp received)
        : change_request(pusherd, received), what(&results) {}

    /// Each is filled in.
    std::vector<poke_result>* what;

protected:
    ~poke_results_request() = default;
};

/// Any of them.
using change = std::variant<std::reference_wrapper<set_request>, std::reference_wrapper<session_end_request>,
                            std::reference_wrapper<removal_request>, std::reference_wrapper<notify_request>,
                            std::reference_wrapper<poke_results_request>>;

/// What they all have.
[[nodiscard]] inline change_request& request_of(const change& what) noexcept {
    return std::visit([](const auto& each) -> change_request& { return each.get(); }, what);
}

}  // namespace pusherd::domain
