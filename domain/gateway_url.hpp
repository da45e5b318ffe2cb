#pragma once

#include "domain/error.hpp"

#include <string_view>

namespace pusherd::domain {

/// Checks the URL of a push gateway, `data.url` of an http pusher: an absolute https URL with a host, a port of
/// 1 to 65535 or none, no user info, no fragment, ASCII without spaces and control characters, and exactly the path
/// `/_matrix/push/v1/notify`, compared undecoded. Any query passes.
/// (POST /pushers/set: "MUST be an HTTPS URL with a path of `/_matrix/push/v1/notify`"; RFC 3986.)
/// @param allow_insecure accepts `http` as well (`--allow-insecure-gateways`)
/// @return its host, as it stands there, or errc::invalid_param with a text that says what is wrong
[[nodiscard]] result<std::string_view> check_gateway_url(std::string_view url, bool allow_insecure);

}  // namespace pusherd::domain
