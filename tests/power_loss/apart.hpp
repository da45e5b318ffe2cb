#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace pusherd::power_loss {

/// Calls `check(i)` for every i below `count`, in their order, in another process: what kills that one is a fault as
/// any other. `check` says what is wrong; empty: nothing. It may keep a state, but for one that was killed.
/// @return what is wrong with each
[[nodiscard]] std::vector<std::string> faults_apart(std::size_t count,
                                                    const std::function<std::string(std::size_t)>& check);

}  // namespace pusherd::power_loss
