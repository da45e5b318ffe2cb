#pragma once

#include "domain/logger.hpp"

#include <cstddef>

namespace pusherd::app {

/// Makes room for as many open files as connections are allowed; where the system gives less, a warning says so.
/// @return how many connections are possible, at most those that are wanted
[[nodiscard]] std::size_t raise_open_file_limit(std::size_t connections, domain::logger& log);

}  // namespace pusherd::app
