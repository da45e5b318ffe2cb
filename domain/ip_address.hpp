#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::domain {

/// An IP address: the 16 bytes of one of version 6, in network order. One of version 4 is kept as its mapped form,
/// `::ffff:a.b.c.d`, and the two are the same: a connection to either goes out by version 4 (RFC 4291, 2.5.5.2).
struct ip_address {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] bool is_v4() const noexcept;
    bool operator==(const ip_address&) const = default;
};

/// Reads an address as people write it, and RFC 3986 (3.2.2) has it: four decimal numbers, or one of version 6, without
/// brackets.
/// @return nothing if it is anything else
[[nodiscard]] std::optional<ip_address> parse_ip_address(std::string_view text);

/// Reads a host as getaddrinfo(3) does before it asks anybody: as an address of version 6, here in brackets or without,
/// with a zone (RFC 4007, 11), which makes no other address, or without; or of version 4 by one to four numbers,
/// decimal, octal or hexadecimal, of which the last fills what is left (inet_aton(3)): `127.1`, `0x7f.0.0.1`,
/// `0177.0.0.1` and `2130706433` are all 127.0.0.1.
/// @return nothing if it is a name
[[nodiscard]] std::optional<ip_address> address_of_host(std::string_view host);

/// The address of version 4 to which one of version 6 leads in the end, by a gateway in between: IPv4-compatible
/// (RFC 4291, 2.5.5.1; `::` and `::1` are addresses of their own), 6to4 (RFC 3056), or NAT64's well-known prefix
/// (RFC 6052, 2.1).
/// @return nothing if there is none in it, or it is one itself
[[nodiscard]] std::optional<ip_address> embedded_v4(const ip_address& address) noexcept;

/// `10.0.0.7`, `fd00::7`.
[[nodiscard]] std::string to_string(const ip_address& address);

}  // namespace pusherd::domain
