#pragma once

#include "domain/error.hpp"
#include "domain/limits.hpp"
#include "domain/set_command.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The append and delete rules of POST /pushers/set. Pure: the store says what is there (facts), the rules say what is
/// to be done (plan), and the store does it, all in one transaction.
namespace pusherd::domain {

/// What a set did; the answer says so in its Pusherd-Outcome header.
enum class outcome : std::uint8_t {
    created,    ///< the user had no pusher with this key
    updated,    ///< the user's pusher is another now, or another's was evicted, or it moved to another device
    unchanged,  ///< all was so already: nothing was written
    deleted,    ///< the user's pusher is gone
    absent,     ///< there was none to delete: nothing was written
};

inline constexpr std::size_t outcomes = 5;  ///< how many there are

/// `created`, `updated` …, as on the wire.
[[nodiscard]] std::string_view to_string(outcome what) noexcept;

/// The user's own pusher with the command's key, as stored. The views are the store's.
struct own_pusher {
    std::string_view shown;
    std::string_view device_id;  ///< empty: it belongs to no device
    bool enabled = true;
};

/// What the rules need to know. The store looks it up in the transaction that will carry the plan out.
struct facts {
    std::optional<own_pusher> own;
    bool others_hold_key = false;  ///< another user has a pusher with this key; looked up only if evicts() the command
    std::size_t pushers = 0;       ///< how many the user has
    std::size_t bytes = 0;         ///< what their owner has said of them takes in a list
};

/// How many pushers a user may have.
struct user_limits {
    std::size_t pushers = 100;
    std::size_t bytes = limits::user_bytes;
};

/// What is to be done. Nothing is to be written where the outcome is unchanged or absent.
struct plan {
    outcome what = outcome::unchanged;
    bool write_own = false;     ///< the user's own pusher is to be what the command says, bound to `device_id`
    bool remove_own = false;    ///< the user's own pusher is to go
    bool evict_others = false;  ///< every other user's pusher with this key is to go
    std::string device_id{};    ///< with write_own; empty: bound to no device
    bool enabled = true;        ///< with write_own

    [[nodiscard]] bool writes() const noexcept { return write_own || remove_own || evict_others; }
};

/// Whether the command takes its key away from other users: an upsert without `append: true`.
[[nodiscard]] bool evicts(const set_command& command) noexcept;

/// Whether the pusher is to be enabled (MSC3881).
/// @param stored whether it is now; nothing: there is none
[[nodiscard]] bool decide_enabled(const enabled_wish& wish, std::optional<bool> stored) noexcept;

/// Decides a set.
/// @param device_id the device of the access token, empty if it has none: then an existing binding stays as it is
/// @return the plan, or errc::user_limit_exceeded for one pusher too many (updates and deletes always pass)
[[nodiscard]] result<plan> decide(const facts& known, const set_command& command, std::string_view device_id,
                                  const user_limits& allowed);

}  // namespace pusherd::domain
