#pragma once

#include "domain/identity.hpp"

#include <initializer_list>
#include <string_view>

namespace pusherd::domain {

/// SHA-256 (FIPS 180-4), by Nettle, of the parts one after another. What was hashed, such as an access token, is left
/// nowhere in memory.
[[nodiscard]] token_digest sha256(std::initializer_list<std::string_view> parts) noexcept;
[[nodiscard]] inline token_digest sha256(std::string_view bytes) noexcept { return sha256({bytes}); }

}  // namespace pusherd::domain
