#pragma once

#include "tests/stubs/upstream/messages.hpp"
#include "tests/stubs/upstream/script.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pusherd::stubs {

/// The pushkey of the first device that a poke is for; "" if it is none.
[[nodiscard]] std::string pushkey_in(const request& asked);

/// What a push gateway answers to POST notify: what it was told of the first device's pushkey, or that it has taken it.
/// Nothing: the path is none of its own.
/// @param path without a query, and without the base path
[[nodiscard]] std::optional<response> ask_push_gateway(const request& asked, std::string_view path, const script& told);

}  // namespace pusherd::stubs
