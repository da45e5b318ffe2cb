#pragma once

#include "domain/error.hpp"
#include "domain/pusher.hpp"

#include <string_view>

namespace pusherd::domain {

/// Reads and checks the body of POST /_pusherd/v1/pushers/test: `{app_id, pushkey}`, as a set has them.
/// @return not_json, bad_json, missing_param or invalid_param
[[nodiscard]] result<pusher_key> parse_poke_test(std::string_view body);

}  // namespace pusherd::domain
