#pragma once

#include <cstdint>
#include <filesystem>

namespace pusherd::testing {

/// A TCP socket of this process that a server may be given, as a service manager gives its own: bound to a free port of
/// 127.0.0.1, and open for connections unless a test says otherwise.
class opened_socket {
public:
    enum class state : std::uint8_t { listening, bound };

    explicit opened_socket(state wanted = state::listening);
    /// A Unix socket at that path, open for connections. Its file stays.
    explicit opened_socket(const std::filesystem::path& path);
    ~opened_socket();

    opened_socket(const opened_socket&) = delete;
    opened_socket& operator=(const opened_socket&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] std::uint16_t port() const;

private:
    int descriptor_;
};

}  // namespace pusherd::testing
