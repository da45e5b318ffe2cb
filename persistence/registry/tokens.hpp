#pragma once

#include "domain/session_end.hpp"
#include "domain/store.hpp"
#include "persistence/registry/database.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Access tokens: what the administrator's commands do with them. Every call is one transaction; any process, with or
/// without a server that has the database open.
namespace pusherd::persistence {

/// What a token is to be issued for.
struct token_grant {
    std::string user_id;    ///< of a service's token: the service's name
    std::string device_id;  ///< empty: none
    domain::role who = domain::role::user;
};

/// The token's user is of another server than the database's.
class foreign_user : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A token that nobody has yet: 264 bits from the system's random source. Throws if there are none.
[[nodiscard]] std::string new_token();

/// Issues a new token, of which only the SHA-256 is kept.
/// Throws foreign_user if a server name is recorded and the user is of another.
/// @return the token, which nobody can show again
[[nodiscard]] std::string issue_token(database& db, const token_grant& grant, domain::timestamp now);

/// What a revocation did.
using revocation = domain::ended_sessions;

/// Revokes a token; with the last token of a device, the http pushers bound to that device go. Email pushers belong to
/// the account, and stay.
/// @return nothing if there is no such token
[[nodiscard]] std::optional<revocation> revoke_token(database& db, const domain::token_digest& token);

/// Revokes all tokens of a device, and removes the http pushers bound to it.
[[nodiscard]] revocation revoke_device(database& db, std::string_view user_id, std::string_view device_id);

/// Revokes all tokens of a user, and removes all the user's http pushers.
[[nodiscard]] revocation revoke_user(database& db, std::string_view user_id);

/// Revokes all tokens of a user, and removes all the user's pushers.
[[nodiscard]] revocation remove_user(database& db, std::string_view user_id);

/// The tokens whose short id, the first hexadecimal digits of the SHA-256, starts so; no more than two are looked for.
/// @param short_id 8 to 64 hexadecimal digits, lower or upper case; anything else matches nothing
[[nodiscard]] std::vector<domain::token_digest> find_tokens(database& db, std::string_view short_id);

/// Calls `visit` for every valid token, of one user or of all, in no snapshot: it may take its time, and sees what is
/// issued or revoked meanwhile or does not. The record's views end with the call.
void list_tokens(database& db, const std::optional<std::string>& user_id,
                 const std::function<void(const domain::token_digest&, const token_record&)>& visit);

}  // namespace pusherd::persistence
