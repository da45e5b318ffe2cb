#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::domain {

/// A notification for the pushers of one user, as a homeserver hands it over that has evaluated its push rules: what
/// the Push Gateway API (`POST /_matrix/push/v1/notify`) has, without `devices`.
struct notification {
    std::string user_id;
    std::string event_id;  ///< empty: it tells of no event, but of counts alone
    /// Its JSON object, compact and else to the letter, without members that are null and that the API knows.
    std::string source;
    std::string tweaks;            ///< the JSON object's; empty: none
    bool is_of_own_event = false;  ///< the user has sent the event: nobody is to be told
};

/// What a request may bring at most.
inline constexpr std::size_t most_notifications = 1000;
/// Of one notification with its tweaks, as they are kept.
inline constexpr std::size_t notification_bytes = 128 * 1024;

/// Reads and checks the body of POST /_pusherd/v1/notify: `{user_id, notification, tweaks?}`, or up to 1,000 of these,
/// `{notifications: […]}`. All are good, or none is taken: the text names the index and the field at fault.
/// @return not_json, bad_json, missing_param or invalid_param
[[nodiscard]] result<std::vector<notification>> parse_notifications(std::string_view body);

}  // namespace pusherd::domain
