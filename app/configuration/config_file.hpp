#pragma once

#include <stdexcept>
#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace pusherd::app {

/// A configuration file that cannot be used. what() is one line for the operator.
class bad_config : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The configuration file that is read if none is named: where a package was told to have it, if it is there; else
/// none.
[[nodiscard]] std::string default_config_file();

/// Gives a parsed command the options of a TOML file that neither its flags nor the environment gave: the options'
/// names without the dashes, at the top of the file. By hand, because CLI11's own configuration files beat the
/// environment.
/// @param root the whole command line: an option of another command is known, and passed over
/// Throws bad_config for an unknown key, one that is given twice, and a value that its option refuses.
void apply_config_file(const std::string& path, const CLI::App& root, CLI::App& command);

}  // namespace pusherd::app
