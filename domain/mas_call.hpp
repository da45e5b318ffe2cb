#pragma once

#include "domain/error.hpp"
#include "domain/session_end.hpp"

#include <string_view>

/// The bodies of the calls by which the Matrix Authentication Service (MAS) tells a homeserver what has become of
/// devices and users. Each names the user by the localpart: it is one of `server_name`. Members that are not listed are
/// passed over.
namespace pusherd::domain {

/// `{localpart, device_id}`: the device has been deleted.
/// @return not_json, bad_json, missing_param or invalid_param; so do the others
[[nodiscard]] result<session_end> parse_delete_device(std::string_view body, std::string_view server_name);

/// `{localpart, devices: […]}`: these are all devices that the user has.
[[nodiscard]] result<session_end> parse_sync_devices(std::string_view body, std::string_view server_name);

/// `{localpart, erase?}`: the user is no more.
[[nodiscard]] result<session_end> parse_delete_user(std::string_view body, std::string_view server_name);

}  // namespace pusherd::domain
