#pragma once

#include "domain/change.hpp"
#include "persistence/records/bytes.hpp"

#include <string>
#include <string_view>

namespace pusherd::persistence {

/// told_events: that a pusher was told of an event.
///
///     u8 version, i64 when
struct told_event_record {
    static constexpr unsigned char version = 1;

    domain::timestamp when = 0;

    /// Throws corrupt_record.
    [[nodiscard]] static told_event_record decode(std::string_view bytes) {
        byte_reader in(bytes);
        in.expect_version(version);
        const told_event_record record{in.take<std::int64_t>()};
        in.expect_end();
        return record;
    }

    [[nodiscard]] std::string encode() const {
        std::string out;
        append(out, version);
        append(out, when);
        return out;
    }
};

}  // namespace pusherd::persistence
