#pragma once

#include "net/api/settings.hpp"

#include <chrono>
#include <cstddef>

namespace pusherd::net {

/// What the operator decides about the server. What is fixed stands here as well: every bound in one place.
struct server_settings {
    api_settings api;
    std::size_t threads = 1;
    std::size_t max_connections = 10'000;
    std::chrono::seconds idle_timeout{75};  ///< a connection without a request

    static constexpr std::chrono::seconds head_timeout{10};   ///< from a head's first byte to its last
    static constexpr std::chrono::seconds body_timeout{30};   ///< from the head's end to the body's
    static constexpr std::chrono::seconds write_timeout{30};  ///< for a client to take its answers
    static constexpr std::chrono::seconds linger_timeout{2};  ///< for a client to read a refusal before the close
    static constexpr std::size_t linger_bytes = 1024 * 1024;  ///< what is thrown away meanwhile, at most
    static constexpr std::size_t output_bytes = 64 * 1024;    ///< answers that are sent before more are made
};

}  // namespace pusherd::net
