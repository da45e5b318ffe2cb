#pragma once

#include "tests/stubs/upstream/messages.hpp"
#include "tests/stubs/upstream/script.hpp"

#include <optional>
#include <string_view>

namespace pusherd::stubs {

/// What a Matrix homeserver answers to GET whoami and GET 3pid. Nothing: the path is none of its own.
/// @param path without a query, and without the base path
[[nodiscard]] std::optional<response> ask_homeserver(const request& asked, std::string_view path, const script& told);

}  // namespace pusherd::stubs
