#pragma once

#include <cstring>
#include <string>

namespace pusherd::domain {

/// Empties a string that held a secret, and overwrites it: its memory is used again, or given back as it is. To be
/// called before anything else is put into it, so that there is never more than what it holds now.
inline void wipe(std::string& secret) noexcept {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

}  // namespace pusherd::domain
