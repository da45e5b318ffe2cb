#pragma once

#include "domain/session_end.hpp"
#include "persistence/registry/database.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What goes when sessions end, within the write transaction of the caller: access tokens, and the http pushers of
/// their devices. Email pushers belong to the account, and stay.
namespace pusherd::persistence {

/// The valid tokens of a user; of one device, if one is named.
[[nodiscard]] std::vector<domain::token_digest> tokens_of(const read_txn& txn, const tables& all,
                                                          std::string_view user_id, std::string_view device_id = "");

/// Ends the session of one token, if there is one; with the last token of a device, its http pushers go.
domain::ended_sessions end_session(write_txn& txn, const tables& all, const domain::token_digest& token);

/// Ends all sessions of a device.
domain::ended_sessions end_device(write_txn& txn, const tables& all, std::string_view user_id,
                                  std::string_view device_id);

/// Ends the sessions of all of a user's devices but these; those of no device stay.
domain::ended_sessions end_other_devices(write_txn& txn, const tables& all, std::string_view user_id,
                                         std::span<const std::string> remaining);

/// Ends all sessions of a user, and removes those of the user's pushers that `is_doomed`.
domain::ended_sessions end_user(write_txn& txn, const tables& all, std::string_view user_id,
                                const std::function<bool(const registration&)>& is_doomed);

/// Ends all sessions of a user who is gone, and removes all that is left of the user.
domain::ended_sessions end_user_for_good(write_txn& txn, const tables& all, std::string_view user_id);

/// Whether it is an http pusher: one that ends with a session.
[[nodiscard]] bool ends_with_sessions(const registration& pusher) noexcept;

}  // namespace pusherd::persistence
