#pragma once

#include "net/upstream/upstream_url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// Where a push gateway is, by a URL that domain::check_gateway_url() has passed.
struct gateway_location {
    upstream_url server;  ///< without a path
    std::string target;   ///< path and query, undecoded

    /// Scheme, host and port: gateways with the same are one.
    [[nodiscard]] std::string name() const;

    /// @return nothing: it is no such URL, or no connection can be made to what it says, such as a host with an escaped
    /// space
    [[nodiscard]] static std::optional<gateway_location> parse(std::string_view url);
};

}  // namespace pusherd::net
