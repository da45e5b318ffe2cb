#pragma once

#include "app/configuration/options.hpp"
#include "domain/logger.hpp"
#include "net/api/mas_calls.hpp"

#include <memory>
#include <string>

namespace pusherd::app {

/// What is wrong with the values of `--mas-secret-file` and `--mas-upstream`; empty: nothing. Any thread.
[[nodiscard]] std::string check_mas_secret_file(const std::string& file);
[[nodiscard]] std::string check_mas_upstream(const std::string& url);

/// What the Matrix Authentication Service may call; nullptr: it may not.
/// @param server_name what all users are of; empty: nobody knows
/// It has no thread before it is started. Throws unusable_arguments, command_failed.
[[nodiscard]] std::unique_ptr<net::mas_calls> read_mas_calls(const serve_options& options,
                                                             const std::string& server_name, domain::logger& log);

}  // namespace pusherd::app
