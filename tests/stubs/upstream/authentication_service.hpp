#pragma once

#include "tests/stubs/upstream/messages.hpp"
#include "tests/stubs/upstream/options.hpp"
#include "tests/stubs/upstream/script.hpp"

#include <optional>
#include <string_view>

namespace pusherd::stubs {

/// What Matrix Authentication Service answers: the introspection of tokens (RFC 7662). And what a homeserver behind it
/// is told of devices and users, which it takes. Nothing: the path is none of its own.
/// @param path without a query, and without the base path
[[nodiscard]] std::optional<response> ask_authentication_service(const request& asked, std::string_view path,
                                                                 const script& told, const options& how);

}  // namespace pusherd::stubs
