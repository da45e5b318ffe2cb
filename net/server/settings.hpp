#pragma once

#include "net/api/settings.hpp"

#include <chrono>
#include <cstddef>

namespace pusherd::net {

/// What the operator decides about the server. What is fixed is in net/bounds.hpp.
struct server_settings {
    api_settings api;
    std::size_t threads = 1;
    std::size_t max_connections = 10'000;
    std::chrono::seconds idle_timeout{75};  ///< a connection without a request
};

}  // namespace pusherd::net
