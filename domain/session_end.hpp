#pragma once

#include "domain/error.hpp"
#include "domain/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::domain {

/// Which sessions of a user have ended, as a homeserver tells it: those of one device, that of one access token, or
/// all.
struct session_end {
    std::string user_id;
    std::string device_id;     ///< empty: of all devices
    std::string access_token;  ///< empty: all tokens of the device, or of the user; otherwise this one alone
};

/// What went with them.
struct ended_sessions {
    std::uint64_t tokens = 0;   ///< forgotten
    std::uint64_t pushers = 0;  ///< removed: the http pushers of the devices that have ended
};

/// Reads and checks the body of POST /_pusherd/v1/sessions/end: `{user_id, device_id?, access_token?}`.
/// A homeserver without a device id to give must not log a user out everywhere: a null device_id wants an access_token.
/// @return not_json, bad_json, missing_param or invalid_param
[[nodiscard]] result<session_end> parse_session_end(std::string_view body);

}  // namespace pusherd::domain
