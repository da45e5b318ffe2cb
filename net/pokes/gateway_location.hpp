#pragma once

#include "net/upstream/upstream_url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

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

/// Parses URLs, and knows those of late: nearly all pushers are at few, and parsing is a tenth of what a poke costs.
class gateway_directory {
public:
    struct entry {
        std::optional<gateway_location> where;
        std::string name;  ///< "none", if it is nowhere
    };

    /// Until the next call.
    [[nodiscard]] const entry& find(const std::string& url);

private:
    std::unordered_map<std::string, entry> known_;
};

}  // namespace pusherd::net
