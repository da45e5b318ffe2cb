#pragma once

#include "domain/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::persistence {

/// session_ends: sessions that a homeserver has told the end of, so that what a validator said of them before is worth
/// nothing any more.
///
///     u8 version, i64 told, u8 user size, user, u8 device size, device, and
///     version 1: the token's SHA-256 if it is one token
///     version 2: of each device that there still is, u8 size, device; the sessions of all others have ended
struct session_end_record {
    std::int64_t told = 0;  ///< milliseconds by the machine's steady clock
    std::string_view user_id;
    std::string_view device_id;                   ///< empty: of all devices
    std::optional<domain::token_digest> token{};  ///< this one alone
    /// As encode_devices() has them. That all but these have ended is one record: whoever is remembered for a device
    /// that stands in no table here could not be named by a record for each.
    std::optional<std::string_view> remaining_devices{};

    /// Views of the bytes. Throws corrupt_record.
    [[nodiscard]] static session_end_record decode(std::string_view bytes);
    [[nodiscard]] std::string encode() const;

    /// Whether it is this session that has ended.
    [[nodiscard]] bool ends(const domain::identity& who) const noexcept;
};

/// Throws std::length_error for a device of more than 255 bytes.
[[nodiscard]] std::string encode_devices(const std::vector<std::string>& devices);

}  // namespace pusherd::persistence
