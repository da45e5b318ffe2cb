#pragma once

#include <filesystem>

namespace pusherd::testing {

/// A file system of two mebibytes, a tmpfs, that this process and its children alone see. Only root can mount it.
class small_filesystem {
public:
    /// @param where a folder, created if need be
    explicit small_filesystem(const std::filesystem::path& where);
    ~small_filesystem();

    small_filesystem(const small_filesystem&) = delete;
    small_filesystem& operator=(const small_filesystem&) = delete;

    [[nodiscard]] bool is_mounted() const noexcept { return is_mounted_; }

    void fill() const;
    void make_room() const;

private:
    [[nodiscard]] std::filesystem::path filler() const { return where_ / "filler"; }

    std::filesystem::path where_;
    bool is_mounted_ = false;
};

}  // namespace pusherd::testing
