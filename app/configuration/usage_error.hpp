#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace pusherd::app {

/// What is said about a command line that cannot be used: one line, that names the flag or the environment variable at
/// fault, and where the help is.
/// @param root the whole command line, as far as it was parsed
/// @param arguments of the process, without its name
[[nodiscard]] std::string usage_error(const CLI::App& root, const CLI::Error& error, std::span<char* const> arguments);

}  // namespace pusherd::app
