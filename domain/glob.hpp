#pragma once

#include <string_view>

namespace pusherd::domain {

/// Whether a text is one that a pattern means: `*` stands for any characters or none, `?` for one byte, everything else
/// for itself.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text) noexcept;

}  // namespace pusherd::domain
