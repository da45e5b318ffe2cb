#pragma once

#include <span>
#include <string>
#include <string_view>

/// Access tokens on the command line, where other users of the machine see them, and in what is said about it, which
/// is often kept.
namespace pusherd::app {

/// Overwrites the arguments that are equal to a token; what lists processes shows `-` in their place from then on.
/// @param arguments of the process, as main() was given them
void hide_argument(std::span<char* const> arguments, std::string_view token) noexcept;

/// Whether a text may be an access token: it begins as those of pusherd and of other servers do, or is a long word of
/// their characters with a digit in it.
[[nodiscard]] bool may_be_token(std::string_view text) noexcept;

/// A message without the arguments that may be tokens: one that has come to the wrong place is not repeated.
[[nodiscard]] std::string without_tokens(std::string message, std::span<char* const> arguments);

}  // namespace pusherd::app
