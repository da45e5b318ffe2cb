#pragma once

#include "domain/change.hpp"

#include <string>
#include <string_view>

namespace pusherd::persistence {

/// tombstones: a pusher that is no more because its gateway has rejected it, for the user to see.
///
///     u8 version, i64 removed, u16 app_id size, app_id, u16 pushkey size, pushkey, url
struct tombstone_record {
    domain::timestamp removed = 0;
    std::string_view app_id{};
    std::string_view pushkey{};
    std::string_view url{};  ///< of the gateway

    /// Views of the bytes. Throws corrupt_record.
    [[nodiscard]] static tombstone_record decode(std::string_view bytes);
    /// The app_id and the pushkey have at most 512 bytes each.
    [[nodiscard]] std::string encode() const;
};

}  // namespace pusherd::persistence
