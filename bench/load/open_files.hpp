#pragma once

#include <cstddef>

namespace pusherd::bench {

/// Lets this process hold so many connections. Throws run_failed if the system does not.
void raise_open_file_limit(std::size_t connections);

}  // namespace pusherd::bench
