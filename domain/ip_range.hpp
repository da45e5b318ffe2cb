#pragma once

#include "domain/error.hpp"
#include "domain/ip_address.hpp"

#include <string>
#include <string_view>

namespace pusherd::domain {

/// The addresses that begin with the same bits (CIDR; RFC 4632, 3.1, RFC 4291, 2.3), all of one version.
struct ip_range {
    ip_address first;
    unsigned length = 128;  ///< how many bits, of the 128; of version 4 that is 96 more than one writes

    [[nodiscard]] bool contains(const ip_address& address) const noexcept;
    bool operator==(const ip_range&) const = default;
};

/// Reads `10.0.0.0/8`, `fd00::/8`, or an address alone, of version 6 in brackets or without.
/// @return the range, or errc::invalid_param with a text for the operator: it is none, or its address is not the first
///         of its range, so that it is in doubt which of the two is meant
[[nodiscard]] result<ip_range> parse_ip_range(std::string_view text);

/// As parse_ip_range() reads it: `10.0.0.0/8`, `::1/128`.
[[nodiscard]] std::string to_string(const ip_range& range);

}  // namespace pusherd::domain
