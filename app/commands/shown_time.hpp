#pragma once

#include "domain/change.hpp"

#include <string>

namespace pusherd::app {

/// As people and programs read it (RFC 3339), in UTC, to the second.
[[nodiscard]] std::string to_string_utc(domain::timestamp when);

}  // namespace pusherd::app
