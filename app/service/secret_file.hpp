#pragma once

#include <filesystem>
#include <string>

namespace pusherd::app {

/// The first line of a file: a secret that stands on no command line. Not empty, and what a header field may have.
/// Throws command_failed.
[[nodiscard]] std::string read_secret(const std::filesystem::path& file);

}  // namespace pusherd::app
