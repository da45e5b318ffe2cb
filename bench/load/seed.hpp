#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace pusherd::bench {

/// What `pusherd-bench seed` is told.
struct seed_options {
    std::filesystem::path data;
    std::filesystem::path tokens;  ///< the token file to write
    /// The same users for other servers: a line each, `{"token", "user_id", "pushers": [body of a set …]}`; empty:
    /// none.
    std::filesystem::path dump{};
    std::size_t users = 1000;
    std::size_t pushers = 2;  ///< of each user
    std::optional<std::size_t> map_size;
};

/// Creates a database of users with their tokens and pushers, through the rules that a server's sets go through, and
/// the token file for `run`. The tokens are random: even a database for tests can be left where others reach it.
/// Throws what persistence::database throws, and std::runtime_error where there is a database already.
void seed(const seed_options& options);

}  // namespace pusherd::bench
