#pragma once

#include "bench/gateway/options.hpp"

#include <CLI/App.hpp>

namespace pusherd::bench {

/// Adds `pusherd-bench gateway` to the program's commands.
/// @param into the options of its command line; must outlive the root's parse()
/// @param status takes run_gateway()'s where that is the command
void add_gateway_command(CLI::App& root, gateway_options& into, int& status);

}  // namespace pusherd::bench
