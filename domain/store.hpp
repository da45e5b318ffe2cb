#pragma once

#include "domain/error.hpp"
#include "domain/rules.hpp"
#include "domain/set_command.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What the API needs of a store, in the rules' own terms. `persistence` implements it on LMDB.
namespace pusherd::domain {

/// The SHA-256 of an access token: the only form in which a token is kept.
using token_digest = std::array<unsigned char, 32>;

/// What an access token was issued for.
enum class role : std::uint8_t {
    user = 1,
    admin = 2,    ///< a user who may administer
    service = 3,  ///< a program, such as a homeserver; `user_id` holds its name
};

/// Who is behind an access token.
struct identity {
    std::string user_id;
    std::string device_id;  ///< empty: the token was issued for no device
    role who = role::user;
    token_digest token{};        ///< to look the token up again when a set commits
    std::uint64_t snapshot = 0;  ///< where the token was looked up, by the store's number: there it is known
};

/// Milliseconds since the Unix epoch.
using timestamp = std::int64_t;

/// A set on its way through the store. It lives where the answer is awaited, and must stay alive until on_done().
class set_request {
public:
    set_request(const identity& requester, const set_command& wanted, const user_limits& limits, timestamp received)
        : who(&requester), command(&wanted), allowed(limits), now(received) {}

    const identity* who;
    const set_command* command;
    user_limits allowed;
    timestamp now;  ///< when the set came in: the times that the pusher gets

    /// The answer, once there is one: the outcome, errc::user_limit_exceeded, or errc::unknown_token if the token was
    /// revoked meanwhile. Meaningless if `failed`.
    result<outcome> answer = outcome::unchanged;
    /// Storage failed, and nothing was written; the store has logged why.
    bool failed = false;

    /// Called once, on a thread of the store, when `answer` is there, or it has failed; what was answered is on disk.
    virtual void on_done() noexcept = 0;

protected:
    ~set_request() = default;
};

/// Receives a list while the snapshot that it was read from is open.
class list_visitor {
public:
    /// @param items the user's pushers as a list shows them, oldest first, separated by commas; a view that ends with
    ///              the call
    virtual void visit(std::string_view items) = 0;

protected:
    ~list_visitor() = default;
};

/// Reads; each call sees all that was answered before it. One reader a thread: its calls must not overlap. A broken
/// store throws.
class store_reader {
public:
    virtual ~store_reader() = default;

    /// Whose access token this is, or nothing if it was never issued or has been revoked.
    [[nodiscard]] virtual std::optional<identity> authenticate(std::string_view token) = 0;

    /// Lists the pushers of the user whose access token this is, both from one snapshot.
    /// @return errc::unknown_token, or errc::forbidden for a service's token; then nothing was visited
    virtual result<> list(std::string_view token, list_visitor& visitor) = 0;

    /// Answers a set that needs no write, by the same rules as a write: one that is refused, or would change nothing.
    /// @return true if `answer` is there (on_done() is not called), false if the set must be submitted
    [[nodiscard]] virtual bool answer_without_writing(set_request& request) = 0;

    /// Lets go of what the reader keeps from one call for the next, such as a snapshot. To be called when there is
    /// nothing to do: it keeps a store from using its space again.
    virtual void rest() noexcept = 0;
};

/// Where pushers are kept. Any thread.
class store {
public:
    virtual ~store() = default;

    /// A reader for the calling thread; it must not outlive the store.
    [[nodiscard]] virtual std::unique_ptr<store_reader> open_reader() = 0;

    /// Whether a set would be taken now: for those who would rather say no before they do anything for it.
    [[nodiscard]] virtual bool has_room() const noexcept = 0;

    /// Hands a set over to be carried out.
    /// @return false if too many are waiting: then on_done() will not be called
    [[nodiscard]] virtual bool submit(set_request& request) = 0;
};

}  // namespace pusherd::domain
