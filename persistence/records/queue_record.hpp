#pragma once

#include "domain/change.hpp"
#include "persistence/records/keys.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// queues: what waits for a pusher, and how its gateway does. There is one for each pusher that was ever told of
/// anything; it goes with the pusher.
///
///     u8 version, 16 bytes key, u64 next, u64 last counts, u32 waiting, u64 bytes, u64 sent, u64 dropped,
///     i64 last success, i64 failing since, u8 failure, u16 status, u8 user size, user, failure's text
struct queue_record {
    digest128 key{};                ///< digest_of() the pusher's app_id and pushkey: where it is in its user's record
    std::string_view user_id{};     ///< whose pusher it is
    std::uint64_t next = 1;         ///< the number that the next poke gets
    std::uint64_t last_counts = 0;  ///< the number of the poke of counts alone that waits; 0: none does
    std::uint32_t waiting = 0;
    std::uint64_t bytes = 0;  ///< that these take: by poke_record::size()
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;            ///< not sent: too many, too old, or the gateway would not have them
    domain::timestamp last_success = 0;   ///< 0: never
    domain::timestamp failing_since = 0;  ///< 0: it does not
    std::uint8_t failure = 0;             ///< of what kind the last one was; 0: there was none
    std::uint16_t status = 0;             ///< that its gateway answered; 0: none
    std::string_view failure_text{};

    /// Views of the bytes. Throws corrupt_record.
    [[nodiscard]] static queue_record decode(std::string_view bytes);
    /// Throws std::length_error for a user id of more than 255 bytes.
    [[nodiscard]] std::string encode() const;
};

}  // namespace pusherd::persistence
