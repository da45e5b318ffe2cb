#pragma once

#include "domain/validators/application_service_validator.hpp"

#include <filesystem>
#include <string>

namespace pusherd::app {

/// Reads the registration of an application service, in YAML, as homeservers take it (application service API,
/// "Registration").
/// @param server_name what all its users are of
/// Throws command_failed, if the file cannot be read, and unusable_arguments, if it is no such registration.
[[nodiscard]] domain::application_service read_registration(const std::filesystem::path& file,
                                                            const std::string& server_name);

}  // namespace pusherd::app
