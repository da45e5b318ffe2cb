#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

/// The users that the load tool plays, and their pushers. `seed` and `run` know them by their number alone, so that a
/// run finds what was seeded.
namespace pusherd::bench {

/// Which of a user's pushers the kinds of request are about: an `unchanged` says again what was seeded first, a `set`
/// changes the second, and a `delete` removes that one.
inline constexpr std::size_t constant_pusher = 0;
inline constexpr std::size_t changing_pusher = 1;

inline constexpr std::size_t shared_keys = 16;

[[nodiscard]] std::string user_id(std::size_t user);

/// The body of a set. About 300 bytes, as real ones have.
/// @param revision 0: as seeded; every other one differs in its device's name
[[nodiscard]] std::string set_body(std::size_t user, std::size_t pusher, std::uint64_t revision);

/// The body of a set of a key that all users have in turn whose number is the same modulo `shared_keys`.
[[nodiscard]] std::string shared_set_body(std::size_t user, std::uint64_t revision);

/// The body of a set that deletes.
[[nodiscard]] std::string removal_body(std::size_t user, std::size_t pusher);

/// A file that cannot be used. what() is one line.
class bad_token_file : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Reads a token file, one token a line; what follows a TAB is passed over. The user of a line is its number.
/// @param most how many lines to read; 0: all
/// Throws bad_token_file.
[[nodiscard]] std::vector<std::string> read_tokens(const std::filesystem::path& file, std::size_t most);

}  // namespace pusherd::bench
