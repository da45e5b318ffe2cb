#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace pusherd::domain {

/// The SHA-256 of an access token: the only form in which a token is kept.
using token_digest = std::array<unsigned char, 32>;

/// What an access token was issued for.
enum class role : std::uint8_t {
    user = 1,
    admin = 2,    ///< a user who may administer
    service = 3,  ///< a program, such as a homeserver; `user_id` holds its name
};

/// Who says whose an access token is.
enum class voucher : std::uint8_t {
    store,         ///< its table of tokens
    validator,     ///< a server that was asked (--auth); the session ends when its end is told
    registration,  ///< an application service's: the service may act as the user, whatever sessions end
    mas,           ///< the secret of MAS in the server's options: a service
};

/// Who is behind an access token.
struct identity {
    std::string user_id;
    std::string device_id;  ///< empty: the token was issued for no device
    role who = role::user;
    token_digest token{};        ///< to look the token up again when a change commits
    std::uint64_t snapshot = 0;  ///< where the token was looked up, by the store's number: there it is known
    /// By any other than the store, the token is in no table: known in `snapshot` means that no end of its session had
    /// been told by then.
    voucher by = voucher::store;
};

}  // namespace pusherd::domain
