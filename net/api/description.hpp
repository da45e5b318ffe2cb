#pragma once

#include <string_view>

namespace pusherd::net {

/// What is served, for programs: docs/openapi.yaml, as JSON. Empty in a build that leaves it out (PUSHERD_OPENAPI).
[[nodiscard]] std::string_view description() noexcept;

}  // namespace pusherd::net
