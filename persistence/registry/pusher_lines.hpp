#pragma once

#include "domain/pusher.hpp"
#include "domain/store.hpp"
#include "persistence/records/keys.hpp"
#include "persistence/records/user_record.hpp"

#include <string>
#include <string_view>
#include <variant>

/// The lines of an export: a pusher each, as a list shows it, behind what a list does not show of it.
///
///     {"user_id":"@a:h","device_id":"D","created_ts":1,"updated_ts":2,"app_id":…,"pushkey":…,"kind":…, …,"data":{…}}
///
/// The first four are pusherd's own; `device_id` is absent where the pusher is bound to no device, the times are
/// milliseconds since 1970, and `"enabled":false` stands behind them where the pusher is disabled. What follows is what
/// is stored, to the letter.
namespace pusherd::persistence {

/// A pusher, and whose it is.
struct pusher_line {
    std::string user_id;
    std::string device_id;  ///< empty: bound to no device
    domain::timestamp created = 0;
    domain::timestamp updated = 0;
    domain::pusher_kind kind = domain::pusher_kind::http;
    digest128 key{};
    std::string shown;
    bool enabled = true;

    /// What is stored of it; a view of this.
    [[nodiscard]] registration as_stored() const {
        return {.key = key,
                .created = created,
                .updated = updated,
                .kind = kind,
                .device_id = device_id,
                .shown = shown,
                .enabled = enabled};
    }
};

/// Appends the line of a stored pusher, with its end. Throws corrupt_record if what it shows is no object.
void append_pusher_line(std::string& out, std::string_view user_id, const registration& pusher);

/// Takes a line apart (without its end), and checks it as a set is checked: what no set could have stored is no pusher.
/// The order of the keys is free, and white space may stand between them; other keys than those of an export are
/// refused, for what they say would be lost.
/// @return the pusher, or what is wrong with it
[[nodiscard]] std::variant<pusher_line, std::string> parse_pusher_line(std::string_view line);

}  // namespace pusherd::persistence
