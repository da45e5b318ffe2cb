#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

/// Whole files at a time.
namespace pusherd::testing {

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Every file below the folder with its bytes, by its path; folders end in a slash and have none.
[[nodiscard]] std::map<std::string, std::string> contents_of(const std::filesystem::path& folder);

/// The permission bits, such as 0600.
[[nodiscard]] unsigned mode_of(const std::filesystem::path& path);

}  // namespace pusherd::testing
