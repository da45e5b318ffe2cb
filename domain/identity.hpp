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

/// Who is behind an access token.
struct identity {
    std::string user_id;
    std::string device_id;  ///< empty: the token was issued for no device
    role who = role::user;
    token_digest token{};        ///< to look the token up again when a change commits
    std::uint64_t snapshot = 0;  ///< where the token was looked up, by the store's number: there it is known
    /// A validator says so, and not the store: the token is in no table. Known in `snapshot` means that no end of its
    /// session had been told by then. Of a service: it is MAS, by the secret in the server's options.
    bool is_vouched_for = false;
};

}  // namespace pusherd::domain
