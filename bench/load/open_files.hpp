#pragma once

#include <cstddef>

namespace pusherd::bench {

/// Lets this process hold so many connections. Throws run_failed if the system does not.
void raise_open_file_limit(std::size_t connections);

/// Lets it hold as many as it may raise its limit to by itself.
void raise_open_file_limit_to_most() noexcept;

}  // namespace pusherd::bench
