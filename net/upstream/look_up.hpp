#pragma once

#include "net/asio.hpp"

#include <string>
#include <vector>

namespace pusherd::net {

/// What a name server has said of a name.
struct found_addresses {
    std::vector<tcp::endpoint> addresses;
    std::string problem;  ///< why there are none
};

/// Asks for the addresses of a host, and waits for the answer: getaddrinfo(3) does so for half a minute where no name
/// server answers, and cannot be told to stop. Any thread.
/// @param port digits
[[nodiscard]] found_addresses look_up(const std::string& host, const std::string& port);

}  // namespace pusherd::net
