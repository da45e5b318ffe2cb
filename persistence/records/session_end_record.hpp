#pragma once

#include "domain/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// session_ends: sessions that a homeserver has told the end of, so that what a validator said of them before is worth
/// nothing any more.
///
///     u8 version, i64 told, u8 user size, user, u8 device size, device, and the token's SHA-256 if it is one token
struct session_end_record {
    std::int64_t told = 0;  ///< milliseconds by the machine's steady clock
    std::string_view user_id;
    std::string_view device_id;                   ///< empty: of all devices
    std::optional<domain::token_digest> token{};  ///< this one alone

    /// Views of the bytes. Throws corrupt_record.
    [[nodiscard]] static session_end_record decode(std::string_view bytes);
    [[nodiscard]] std::string encode() const;

    /// Whether it is this session that has ended.
    [[nodiscard]] bool ends(const domain::identity& who) const noexcept;
};

}  // namespace pusherd::persistence
