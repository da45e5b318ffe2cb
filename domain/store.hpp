#pragma once

#include "domain/change.hpp"
#include "domain/error.hpp"
#include "domain/identity.hpp"
#include "domain/pokes/pusher_health.hpp"
#include "domain/pusher_search.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What the API needs of a store, in the rules' own terms. `persistence` implements it on LMDB.
namespace pusherd::domain {

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
    [[nodiscard]] virtual std::optional<identity> authenticate(const token_digest& token) = 0;

    /// Lists the pushers of the user whose access token this is, both from one snapshot.
    /// @return errc::unknown_token, or errc::forbidden for a service's token; then nothing was visited
    virtual result<> list(const token_digest& token, list_visitor& visitor) = 0;

    /// Whether a session that a validator vouches for has not ended since it did, in `who.snapshot`, and its token has
    /// not been named as one that has ended, ever that is kept in mind.
    /// @param known_in the snapshot in which that was last known, or 0; is brought up to date
    [[nodiscard]] virtual bool is_still_valid(const identity& who, std::uint64_t& known_in) = 0;

    /// Lists the pushers of a user whom a validator vouches for, in the snapshot in which the session is still valid.
    /// @param known_in the same
    /// @return errc::unknown_token if it has ended; then nothing was visited
    virtual result<> list_vouched_for(const identity& who, std::uint64_t& known_in, list_visitor& visitor) = 0;

    /// The number of what the reader sees: the `snapshot` of an identity that is known to be valid now.
    [[nodiscard]] virtual std::uint64_t snapshot() = 0;

    /// Answers a set that needs no write, by the same rules as a write: one that is refused, or would change nothing.
    /// @return true if `answer` is there (on_done() is not called), false if the set must be submitted
    [[nodiscard]] virtual bool answer_without_writing(set_request& request) = 0;

    /// Shows what the filter means, users in the order of their ids' bytes, the pushers of a user as a list has them.
    /// The work of a call is bounded, also by the bytes that it looks at.
    /// @param most_users how many users are looked at; at least 1
    /// @return where to go on, or nothing: there is no more
    [[nodiscard]] virtual std::optional<search_position> search(const pusher_filter& filter,
                                                                const search_position& from, std::size_t most_users,
                                                                search_visitor& visitor) = 0;

    /// How a user's pushers do, in their order, and which were rejected lately.
    [[nodiscard]] virtual users_health health_of(std::string_view user_id, timestamp now) = 0;

    /// The server that all users belong to; empty: none was ever named.
    [[nodiscard]] virtual std::string server_name() = 0;

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

    /// Whether a change would be taken now: for those who would rather say no before they do anything for it.
    [[nodiscard]] virtual bool has_room() const noexcept = 0;

    /// Hands a change over to be carried out.
    /// @return false if too many are waiting: then on_done() will not be called
    [[nodiscard]] virtual bool submit(change what) = 0;
};

}  // namespace pusherd::domain
