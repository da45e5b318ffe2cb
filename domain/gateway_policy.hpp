#pragma once

#include "domain/error.hpp"
#include "domain/host_pattern.hpp"
#include "domain/ip_range.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::domain {

/// Hosts that an operator names: by their names, or by the addresses that they are.
using gateway_rule = std::variant<host_pattern, ip_range>;

/// Reads what `--gateway-hosts` and `--gateway-deny` take: `*.example.org`, `10.0.0.7`, `10.0.0.0/8`.
/// @return the rule, or errc::invalid_param with a text for the operator
[[nodiscard]] result<gateway_rule> parse_gateway_rule(std::string_view text);

/// Which hosts a push gateway may have. Some addresses it may not have unless an operator says so: those of the machine
/// itself, of private networks, and others that are nobody's on the Internet (forbidden_ranges()).
struct gateway_policy {
    std::vector<gateway_rule> hosts{};     ///< `--gateway-hosts`: where there are any, no other host passes
    std::vector<gateway_rule> denied{};    ///< `--gateway-deny`: these do not pass, whatever else is said of them
    std::vector<ip_range> allow_ranges{};  ///< `--gateway-allow-range`: what of the forbidden ranges passes

    bool operator==(const gateway_policy&) const = default;
};

/// Lets every host pass: for what has been let in already, here or elsewhere.
[[nodiscard]] gateway_policy any_gateway();

/// The addresses that no gateway has by default.
[[nodiscard]] const std::vector<ip_range>& forbidden_ranges();

/// Checks the host of a gateway's URL. An address counts in every spelling that getaddrinfo(3) takes, and in IPv6 as
/// the IPv4 address that it leads to as well (embedded_v4()); `localhost`, and what is below it, as 127.0.0.1 and ::1
/// (RFC 6761, 6.3). Other names are not looked up: where they lead can be another place by the time it matters.
/// @param host as it stands in the URL, of which check_gateway_url() has been told; not empty
/// @return nothing, or errc::invalid_param with a text that names the option at fault
[[nodiscard]] result<> check_gateway_host(std::string_view host, const gateway_policy& policy);

/// Checks an address that the name of a gateway has led to; the name is check_gateway_host()'s business. What else may
/// be meant by it counts as well, as there.
[[nodiscard]] result<> check_gateway_address(const ip_address& address, const gateway_policy& policy);

}  // namespace pusherd::domain
