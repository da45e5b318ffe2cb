#pragma once

#include "domain/error.hpp"
#include "domain/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::domain {

/// Which sessions of a user have ended, as it is told from elsewhere: those of one device, that of one access token,
/// those of all devices but some, or all.
struct session_end {
    std::string user_id;
    std::string device_id;     ///< empty: of all devices
    std::string access_token;  ///< empty: all tokens of the device, or of the user; otherwise this one alone
    /// All devices that there still are: sessions of others have ended, and those without a device have not. Nothing:
    /// it is not told so.
    std::optional<std::vector<std::string>> remaining_devices{};
    bool user_is_gone = false;  ///< with all sessions, email pushers go as well
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
