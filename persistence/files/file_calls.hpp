#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

/// What the work on files has in common.
namespace pusherd::persistence {

/// What errno says.
[[nodiscard]] std::string reason();

/// Throws unusable_database, with the path in front.
[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why);

/// The folder in which this one lies, as an absolute path.
[[nodiscard]] std::filesystem::path parent_of(const std::filesystem::path& folder);

/// Owns a file descriptor, or none.
class descriptor {
public:
    explicit descriptor(int value = -1) noexcept : value_(value) {}
    /// open(2), close-on-exec.
    descriptor(const std::filesystem::path& path, int flags);
    ~descriptor() {
        if (value_ >= 0) ::close(value_);
    }

    descriptor(descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }

    /// Negative: there is none, and errno says why if it has just been opened.
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] bool is_open() const noexcept { return value_ >= 0; }

private:
    int value_;
};

}  // namespace pusherd::persistence
