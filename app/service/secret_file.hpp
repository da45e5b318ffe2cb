#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pusherd::app {

/// Whether a request can have it in an Authorization field: not empty, and printable ASCII without spaces, of which RFC
/// 6750, 2.1, allows a part.
[[nodiscard]] bool is_bearer_token(std::string_view text) noexcept;

/// The first line of a file: a secret that stands on no command line. Not empty, and what a header field may have.
/// Throws command_failed.
[[nodiscard]] std::string read_secret(const std::filesystem::path& file);

}  // namespace pusherd::app
