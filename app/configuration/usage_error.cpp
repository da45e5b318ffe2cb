#include "app/configuration/usage_error.hpp"

#include "domain/text.hpp"

#include <CLI/App.hpp>
#include <CLI/Error.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace pusherd::app {
namespace {

// The innermost command that was named.
const CLI::App& command_of(const CLI::App& app) {
    const auto named = app.get_subcommands();
    return named.empty() ? app : command_of(*named.front());
}

std::string name_of(const CLI::App& command) {
    const CLI::App* const parent = command.get_parent();
    return parent == nullptr ? command.get_name() : name_of(*parent) + ' ' + command.get_name();
}

bool is_given(std::string_view flag, std::span<char* const> arguments) {
    return std::any_of(arguments.begin(), arguments.end(), [&](std::string_view each) {
        return each == flag || (each.starts_with(flag) && each[flag.size()] == '=');
    });
}

// CLI11 begins with the flag ("--threads: …"), even where the value came from the environment.
std::string with_its_source(const CLI::App& command, const std::string& message, std::span<char* const> arguments) {
    const std::string flag = message.substr(0, message.find(':'));
    const CLI::Option* const option = command.get_option_no_throw(flag);
    if (option == nullptr || option->get_envname().empty() || is_given(flag, arguments)) return message;
    if (std::getenv(option->get_envname().c_str()) == nullptr) return message;
    return option->get_envname() + message.substr(flag.size());
}

// What stands where a command should be named, if anything does.
std::string_view in_place_of_a_command(const CLI::App& command, std::span<char* const> arguments) {
    std::size_t depth = 0;
    for (const CLI::App* each = &command; each->get_parent() != nullptr; each = each->get_parent()) ++depth;
    return depth < arguments.size() ? std::string_view(arguments[depth]) : std::string_view();
}

std::string explain(const CLI::App& command, const CLI::Error& error, std::span<char* const> arguments) {
    if (!arguments.empty() && arguments.front()[0] == '-') return "the command comes first, and its options after it";
    const bool wants_command = command.get_require_subcommand_min() > 0 && command.get_subcommands().empty();
    const std::string_view instead = in_place_of_a_command(command, arguments);
    if (!wants_command || instead.empty()) return with_its_source(command, error.what(), arguments);
    return "'" + std::string(instead) + "' is no command";
}

}  // namespace

std::string usage_error(const CLI::App& root, const CLI::Error& error, std::span<char* const> arguments) {
    const CLI::App& command = command_of(root);
    const std::string message = explain(command, error, arguments);
    return "pusherd: " + domain::escape_control_characters(message) + "; see " + name_of(command) + " --help\n";
}

}  // namespace pusherd::app
