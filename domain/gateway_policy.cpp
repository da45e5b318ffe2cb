#include "domain/gateway_policy.hpp"

#include <boost/url/grammar/ci_string.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace pusherd::domain {
namespace {

// This machine, private and local networks, networks of examples and measurements, multicast: where no gateway on the
// Internet is (RFC 6890 and its registries; RFC 3879 for fec0::/10, RFC 3068 for 192.88.99.0/24).
constexpr std::array<std::string_view, 21> never_reached{
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",  "::/128",         "::1/128",        "2001:db8::/32",  "fc00::/7",
    "fe80::/10",      "fec0::/10",    "ff00::/8"};

/// Where a host leads, as far as that can be told without asking anybody.
struct destination {
    std::string name;                     ///< in lower case, or the address as it is usually written
    std::vector<ip_address> addresses{};  ///< whichever it counts as; none: a name server knows
};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// By hand: Boost.URL's ci_is_equal() reads a character too far in 1.81.
bool ends_with_in_any_case(std::string_view text, std::string_view lower_case) noexcept {
    return text.size() >= lower_case.size() &&
           std::equal(lower_case.rbegin(), lower_case.rend(), text.rbegin(),
                      [](char expected, char c) { return boost::urls::grammar::to_lower(c) == expected; });
}

bool is_loopback_name(std::string_view name) noexcept {
    constexpr std::string_view top = "localhost";
    if (!ends_with_in_any_case(name, top)) return false;
    name.remove_suffix(top.size());
    return name.empty() || name.ends_with('.');
}

// As nearly all gateways have. No address begins with a letter; behind an escape there may be anything.
bool only_a_name_server_knows(std::string_view host) noexcept {
    return host.front() != '[' && !is_digit(host.front()) && host.find('%') == std::string_view::npos &&
           !is_loopback_name(without_last_dots(host));
}

// As it would be handed to getaddrinfo(3), which sees nothing behind U+0000.
std::string decoded(std::string_view host) {
    const auto escaped = boost::urls::make_pct_string_view(host);
    const std::string whole = escaped ? escaped->decode() : std::string(host);
    return whole.substr(0, whole.find('\0'));
}

destination destination_of(const ip_address& address) {
    destination to{to_string(address), {address}};
    if (const auto inside = embedded_v4(address)) to.addresses.push_back(*inside);
    return to;
}

destination destination_of(std::string_view host) {
    const std::string whole = decoded(host);
    destination to{in_lower_case(without_last_dots(whole))};
    if (is_loopback_name(to.name)) {
        to.addresses = {*parse_ip_address("127.0.0.1"), *parse_ip_address("::1")};
    } else if (const auto address = address_of_host(to.name)) {
        return destination_of(*address);
    }
    return to;
}

bool is_any_in(const std::vector<ip_address>& addresses, const ip_range& range) noexcept {
    return std::any_of(addresses.begin(), addresses.end(), [&](const auto& each) { return range.contains(each); });
}

bool is_named(const destination& to, const gateway_rule& by) noexcept {
    if (const auto* range = std::get_if<ip_range>(&by)) return is_any_in(to.addresses, *range);
    return std::get_if<host_pattern>(&by)->matches(to.name);
}

bool is_named_by_any(const destination& to, const std::vector<gateway_rule>& rules) noexcept {
    return std::any_of(rules.begin(), rules.end(), [&](const auto& each) { return is_named(to, each); });
}

error refused(std::string_view host, const std::string& why, const std::string& option) {
    constexpr std::size_t longest_name = 253;  // that there is (RFC 1035, 2.3.4); a URL may have a longer one
    return {errc::invalid_param, "'data.url' points to " + std::string(host.substr(0, longest_name)) + ", " + why +
                                     " (the server's option " + option + ")"};
}

result<> check_forbidden_ranges(const destination& to, const std::vector<ip_range>& allowed) {
    for (const ip_range& each : allowed)
        if (is_any_in(to.addresses, each)) return {};
    for (const ip_address& address : to.addresses)
        for (const ip_range& range : forbidden_ranges())
            if (range.contains(address))
                return refused(to_string(address), "in the forbidden range " + to_string(range),
                               "--gateway-allow-range " + to_string(range) + " allows it");
    return {};
}

// Of a name with escaped delimiters in it, whoever takes it apart once more finds another: no list can mean it.
bool is_listed(const destination& to, const std::vector<gateway_rule>& hosts) noexcept {
    return (!to.addresses.empty() || is_host_name(to.name)) && is_named_by_any(to, hosts);
}

}  // namespace

result<gateway_rule> parse_gateway_rule(std::string_view text) {
    auto range = parse_ip_range(text);
    if (range) return gateway_rule{*range};
    if (text.find('/') != std::string_view::npos) return range.error();
    const auto address = address_of_host(text);
    if (address)
        return error{errc::invalid_param, "'" + std::string(text) + "' is written " + to_string(*address) + " here"};
    if (auto pattern = host_pattern::parse(text)) return gateway_rule{std::move(*pattern)};
    return error{errc::invalid_param,
                 "'" + std::string(text) + "' is no host, such as *.example.org, 10.0.0.7 or 10.0.0.0/8"};
}

gateway_policy any_gateway() { return {.allow_ranges = {*parse_ip_range("0.0.0.0/0"), *parse_ip_range("::/0")}}; }

const std::vector<ip_range>& forbidden_ranges() {
    static const std::vector<ip_range> ranges = [] {
        std::vector<ip_range> all;
        for (const std::string_view each : never_reached) all.push_back(*parse_ip_range(each));
        return all;
    }();
    return ranges;
}

result<> check_gateway_host(std::string_view host, const gateway_policy& policy) {
    if (policy.hosts.empty() && policy.denied.empty() && only_a_name_server_knows(host)) return {};
    const destination to = destination_of(host);
    if (is_named_by_any(to, policy.denied)) return refused(host, "which is not allowed here", "--gateway-deny");
    if (!policy.hosts.empty() && !is_listed(to, policy.hosts))
        return refused(host, "which is not among the hosts that are allowed here", "--gateway-hosts");
    return check_forbidden_ranges(to, policy.allow_ranges);
}

result<> check_gateway_address(const ip_address& address, const gateway_policy& policy) {
    const destination to = destination_of(address);
    if (is_named_by_any(to, policy.denied)) return refused(to.name, "which is not allowed here", "--gateway-deny");
    return check_forbidden_ranges(to, policy.allow_ranges);
}

}  // namespace pusherd::domain
