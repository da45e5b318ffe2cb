#pragma once

#include "domain/change.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// pokes: a notification that waits for one pusher.
///
///     u8 version, i64 queued, u32 size of the event id, event id, u32 size of the source, source, tweaks
struct poke_record {
    domain::timestamp queued = 0;  ///< when it came in
    std::string_view event_id{};   ///< empty: of counts alone
    std::string_view source{};     ///< of the notification, as domain::notification has it
    std::string_view tweaks{};     ///< empty: none

    /// What it says takes so many bytes.
    [[nodiscard]] std::size_t size() const noexcept { return source.size() + tweaks.size(); }

    /// Views of the bytes. Throws corrupt_record.
    [[nodiscard]] static poke_record decode(std::string_view bytes);
    [[nodiscard]] std::string encode() const;
};

}  // namespace pusherd::persistence
