#pragma once

#include "net/asio.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pusherd::net {

/// What a name server has said of a name.
struct found_addresses {
    std::vector<tcp::endpoint> addresses;
    std::string problem;  ///< why there are none
};

/// A host that is an address; nothing: it is a name.
[[nodiscard]] std::optional<asio::ip::address> address_in(const std::string& host);

/// The same, as if it had been looked up.
/// @param port digits
[[nodiscard]] std::optional<found_addresses> addresses_in(const std::string& host, const std::string& port);

/// Asks for the addresses of a host, and waits for the answer: getaddrinfo(3) does so for half a minute where no name
/// server answers, and cannot be told to stop. Any thread.
/// @param port digits
[[nodiscard]] found_addresses look_up(const std::string& host, const std::string& port);

}  // namespace pusherd::net
