#include "app/configuration/config_file.hpp"

#include "app/configuration/toml.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>
#include <system_error>
#include <vector>

namespace pusherd::app {
namespace {

toml::table read(const std::string& path) {
    if (std::filesystem::is_directory(path)) throw bad_config(path + ": is a folder");
    try {
        return toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        throw bad_config(path + (line != 0 ? ":" + std::to_string(line) : "") + ": " +
                         std::string(error.description()));
    } catch (const toml_assertion& broken) {
        throw bad_config(path + ": " + broken.what());
    }
}

CLI::Option* find_option(CLI::App& command, const std::string& name) {
    return command.get_option_no_throw("--" + name);
}

// What may come from the environment may come from a file: the options, not a command's arguments.
bool is_configurable(const CLI::Option* option) { return option != nullptr && !option->get_envname().empty(); }

bool is_known(const CLI::App& root, const std::string& name) {
    if (is_configurable(root.get_option_no_throw("--" + name))) return true;
    const auto commands = root.get_subcommands([](const CLI::App*) { return true; });
    return std::any_of(commands.begin(), commands.end(), [&](const CLI::App* each) { return is_known(*each, name); });
}

// To the last digit: std::to_string() has six behind the point, and would make 0.0000001 a 0.
// By printf: std::to_chars brings along 100 KB of tables, where the runtime is linked in.
std::string to_text(double number) {
    std::array<char, 32> digits{};
    for (const int precision : {15, 16, 17}) {  // 17 are always enough
        (void)std::snprintf(digits.data(), digits.size(), "%.*g", precision, number);
        if (std::strtod(digits.data(), nullptr) == number) break;
    }
    return digits.data();
}

// As the value would be given on the command line.
std::vector<std::string> to_arguments(const std::string& where, const toml::node& value) {
    if (const auto* text = value.as_string()) return {text->get()};
    if (const auto* number = value.as_integer()) return {std::to_string(number->get())};
    if (const auto* number = value.as_floating_point()) return {to_text(number->get())};
    if (const auto* truth = value.as_boolean()) return {truth->get() ? "true" : "false"};
    if (const auto* list = value.as_array()) {
        std::vector<std::string> all;
        for (const toml::node& each : *list)
            for (const std::string& argument : to_arguments(where, each)) all.push_back(argument);
        if (all.empty()) throw bad_config(where + ": the list is empty");
        return all;
    }
    throw bad_config(where + ": expected a string, a number, a boolean or a list of them");
}

}  // namespace

std::string default_config_file() {
    constexpr const char* of_the_package = PUSHERD_DEFAULT_CONFIG;
    std::error_code unseen;
    return *of_the_package != '\0' && std::filesystem::exists(of_the_package, unseen) ? of_the_package : "";
}

void apply_config_file(const std::string& path, const CLI::App& root, CLI::App& command) {
    std::set<std::string> seen;
    for (const auto& [key, value] : read(path)) {
        std::string name(key.str());
        const std::string where = path + ": " + name;
        std::replace(name.begin(), name.end(), '_', '-');
        if (name == "config" || !is_known(root, name)) throw bad_config(where + ": there is no such option");
        if (!seen.insert(name).second) throw bad_config(where + ": given twice, with - and with _");
        CLI::Option* const option = find_option(command, name);
        if (!is_configurable(option) || option->count() != 0) continue;
        for (const std::string& argument : to_arguments(where, value)) option->add_result(argument);
        try {
            option->run_callback();
        } catch (const CLI::ParseError& error) {
            throw bad_config(path + ": " + error.what());
        }
    }
}

}  // namespace pusherd::app
