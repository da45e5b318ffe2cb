#pragma once

#include "bench/load/soak.hpp"

#include <string>

namespace pusherd::bench {

/// What a soak found, for people.
[[nodiscard]] std::string to_table(const soak_result& result);

/// The same as a page, with each measure over time.
[[nodiscard]] std::string to_html(const soak_result& result);

}  // namespace pusherd::bench
