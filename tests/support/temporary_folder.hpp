#pragma once

#include <filesystem>

namespace pusherd::testing {

/// A folder of its own among the system's temporary files; the destructor removes it with all that is in it.
class temporary_folder {
public:
    temporary_folder();
    ~temporary_folder();

    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace pusherd::testing
