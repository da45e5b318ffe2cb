#pragma once

#include "tests/faults/faulty_server.hpp"

#include <cstdint>
#include <ostream>
#include <string>

namespace pusherd::testing {

/// What was seen while the n-th call failed, for every n.
struct sweep_result {
    std::uint64_t failed_calls = 0;
    std::uint64_t answered = 0;  ///< operations that were carried out all the same
    std::uint64_t refused = 0;   ///< with a 500
    std::uint64_t restarts = 0;
    std::string wrong;  ///< what must not be, a line each
};

/// `5 failed calls: 2 answered, 3 refused, 1 restarts`.
std::ostream& operator<<(std::ostream& out, const sweep_result& seen);

/// Does the operation with the first call failing, then with the second, until it needs no more calls than that; and
/// after each looks at what it was answered, whether it was done or not, whether it can be done now, and whether the
/// process goes on, which it must unless its database is broken.
/// @param how `nth` is of no meaning
[[nodiscard]] sweep_result sweep(faulty_server& under_test, const operation& what, fault how);

}  // namespace pusherd::testing
