#pragma once

#include "app/configuration/options.hpp"
#include "domain/logger.hpp"
#include "net/auth/authenticator.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pusherd::app {

/// What is wrong with what `--auth` names; empty: nothing. Any thread.
[[nodiscard]] std::string check_validator(const std::string& named);

/// Throws unusable_arguments if email pushers are to be `owned`, and no homeserver can be asked by whom.
void check_email_policy(domain::email_policy policy, const auth_options& options);

/// The validators that `--auth` names, beside the table of tokens.
/// @param server_name what all users are of; empty: nobody knows
/// Throws unusable_arguments, command_failed.
[[nodiscard]] std::vector<net::validator_options> read_validators(const auth_options& options,
                                                                  const std::string& server_name);

/// They can be asked from now on; nullptr: there are none.
/// Throws net::tls::unusable.
[[nodiscard]] std::unique_ptr<net::authenticator> start_authenticator(std::vector<net::validator_options> validators,
                                                                      const auth_options& options, domain::logger& log);

/// How long the store must keep in mind that a session has ended; zero: there are no validators.
[[nodiscard]] std::chrono::milliseconds time_to_keep_session_ends(const auth_options& options);

}  // namespace pusherd::app
