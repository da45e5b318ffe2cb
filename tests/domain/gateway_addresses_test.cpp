// The table of addresses that no push gateway may have: as a name server may give them, and as a URL may have them.

#include "domain/gateway_policy.hpp"
#include "domain/ip_address.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>
#include <string>
#include <string_view>

namespace pusherd::domain {
namespace {

/// An address, and the forbidden range that it is in.
struct forbidden {
    const char* address;
    const char* range;
};

constexpr forbidden addresses[] = {
    {"0.0.0.0", "0.0.0.0/8"},
    {"0.1.2.3", "0.0.0.0/8"},
    {"0.255.255.255", "0.0.0.0/8"},
    {"10.0.0.0", "10.0.0.0/8"},
    {"10.1.2.3", "10.0.0.0/8"},
    {"10.255.255.255", "10.0.0.0/8"},
    {"100.64.0.0", "100.64.0.0/10"},
    {"100.100.100.200", "100.64.0.0/10"},  // where a cloud keeps its secrets
    {"100.127.255.255", "100.64.0.0/10"},
    {"127.0.0.0", "127.0.0.0/8"},
    {"127.0.0.1", "127.0.0.0/8"},
    {"127.0.0.53", "127.0.0.0/8"},
    {"127.255.255.255", "127.0.0.0/8"},
    {"169.254.0.0", "169.254.0.0/16"},
    {"169.254.169.254", "169.254.0.0/16"},  // the same of most others
    {"169.254.255.255", "169.254.0.0/16"},
    {"172.16.0.0", "172.16.0.0/12"},
    {"172.17.0.1", "172.16.0.0/12"},
    {"172.31.255.255", "172.16.0.0/12"},
    {"192.0.0.0", "192.0.0.0/24"},
    {"192.0.0.192", "192.0.0.0/24"},
    {"192.0.0.255", "192.0.0.0/24"},
    {"192.0.2.0", "192.0.2.0/24"},
    {"192.0.2.255", "192.0.2.0/24"},
    {"192.88.99.1", "192.88.99.0/24"},
    {"192.168.0.0", "192.168.0.0/16"},
    {"192.168.1.1", "192.168.0.0/16"},
    {"192.168.255.255", "192.168.0.0/16"},
    {"198.18.0.0", "198.18.0.0/15"},
    {"198.19.255.255", "198.18.0.0/15"},
    {"198.51.100.7", "198.51.100.0/24"},
    {"203.0.113.255", "203.0.113.0/24"},
    {"224.0.0.0", "224.0.0.0/4"},
    {"224.0.0.251", "224.0.0.0/4"},
    {"239.255.255.255", "224.0.0.0/4"},
    {"::", "::/128"},
    {"::1", "::1/128"},
    {"::2", "0.0.0.0/8"},
    {"2001:db8::1", "2001:db8::/32"},
    {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32"},
    {"fc00::", "fc00::/7"},
    {"fd00:ec2::254", "fc00::/7"},
    {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::/7"},
    {"fe80::", "fe80::/10"},
    {"fe80::1", "fe80::/10"},
    {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::/10"},
    {"fec0::1", "fec0::/10"},
    {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::/10"},
    {"ff00::", "ff00::/8"},
    {"ff02::1", "ff00::/8"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff00::/8"},
    // Addresses of version 6 that lead to ones of version 4.
    {"::ffff:127.0.0.1", "127.0.0.0/8"},
    {"::ffff:7f00:1", "127.0.0.0/8"},
    {"::ffff:a9fe:a9fe", "169.254.0.0/16"},
    {"::ffff:0.0.0.0", "0.0.0.0/8"},
    {"::127.0.0.1", "127.0.0.0/8"},
    {"::10.0.0.1", "10.0.0.0/8"},
    {"::c0a8:101", "192.168.0.0/16"},
    {"2002:7f00:1::", "127.0.0.0/8"},
    {"2002:7f00:1::1", "127.0.0.0/8"},
    {"2002:a00:1:ffff:ffff:ffff:ffff:ffff", "10.0.0.0/8"},
    {"2002:a9fe:a9fe::", "169.254.0.0/16"},
    {"64:ff9b::127.0.0.1", "127.0.0.0/8"},
    {"64:ff9b::a9fe:a9fe", "169.254.0.0/16"},
    {"64:ff9b::192.168.1.1", "192.168.0.0/16"},
};

/// Other spellings, as a URL may have them.
constexpr forbidden hosts[] = {
    {"2130706433", "127.0.0.0/8"},
    {"017700000001", "127.0.0.0/8"},
    {"0x7f000001", "127.0.0.0/8"},
    {"0X7F.0.0.1", "127.0.0.0/8"},
    {"0x7f.1", "127.0.0.0/8"},
    {"127.1", "127.0.0.0/8"},
    {"127.0.1", "127.0.0.0/8"},
    {"0177.0.0.1", "127.0.0.0/8"},
    {"127.0.0.1.", "127.0.0.0/8"},
    {"127.0.0.1..", "127.0.0.0/8"},
    {"%31%32%37.0.0.1", "127.0.0.0/8"},
    {"127%2e0%2E0.1", "127.0.0.0/8"},
    {"127.0.0.1%00.example.org", "127.0.0.0/8"},
    {"0", "0.0.0.0/8"},
    {"0x0", "0.0.0.0/8"},
    {"00", "0.0.0.0/8"},
    {"2852039166", "169.254.0.0/16"},
    {"0xa9fea9fe", "169.254.0.0/16"},
    {"0251.0376.0251.0376", "169.254.0.0/16"},
    {"169.254.43518", "169.254.0.0/16"},
    {"169.16689662", "169.254.0.0/16"},
    {"10.1", "10.0.0.0/8"},
    {"012.0.0.1", "10.0.0.0/8"},
    {"3232235777", "192.168.0.0/16"},
    {"localhost", "127.0.0.0/8"},
    {"LOCALHOST.", "127.0.0.0/8"},
    {"push.localhost", "127.0.0.0/8"},
    {"%6cocalhost", "127.0.0.0/8"},
    {"[::1]", "::1/128"},
    {"[0:0:0:0:0:0:0:1]", "::1/128"},
    {"[::]", "::/128"},
    {"[::ffff:127.0.0.1]", "127.0.0.0/8"},
    {"[::FFFF:7F00:1]", "127.0.0.0/8"},
    {"[0:0:0:0:0:ffff:127.0.0.1]", "127.0.0.0/8"},
    {"[2002:7f00:1::]", "127.0.0.0/8"},
    {"[64:ff9b::7f00:1]", "127.0.0.0/8"},
    {"[fe80::1]", "fe80::/10"},
    {"%5b::1%5d", "::1/128"},
    {"%3A%3A1", "::1/128"},
};

constexpr const char* beside[] = {
    "1.0.0.0",         "9.255.255.255",   "11.0.0.0",     "100.63.255.255",   "100.128.0.0",  "126.255.255.255",
    "128.0.0.0",       "169.253.255.255", "169.255.0.0",  "172.15.255.255",   "172.32.0.0",   "191.255.255.255",
    "192.0.1.0",       "192.0.1.255",     "192.0.3.0",    "192.88.98.255",    "192.88.100.0", "192.167.255.255",
    "192.169.0.0",     "198.17.255.255",  "198.20.0.0",   "198.51.99.255",    "198.51.101.0", "203.0.112.255",
    "203.0.114.0",     "223.255.255.255", "::1:0:0:1",    "2001:db7:ffff::1", "2001:db9::",   "2606:4700::1111",
    "fbff::1",         "fe00::1",         "fe7f:ffff::1", "::ffff:1.1.1.1",   "::8.8.8.8",    "2002:808:808::1",
    "64:ff9b::8.8.8.8"};

std::string verdict_on(const result<>& checked) { return checked ? "" : checked.error().message; }

std::string verdict_on_address(const char* text, const gateway_policy& policy = {}) {
    const auto address = parse_ip_address(text);
    BOOST_TEST_REQUIRE(address.has_value(), text);
    return verdict_on(check_gateway_address(*address, policy));
}

bool names(const std::string& verdict, const std::string& range) {
    return verdict.find("in the forbidden range " + range + " (") != std::string::npos &&
           verdict.find("--gateway-allow-range " + range + " allows it") != std::string::npos;
}

gateway_policy allowing(std::string_view range) { return {.allow_ranges = {parse_ip_range(range).value()}}; }

std::string as_host(std::string_view address) {
    const std::string text(address);
    return text.find(':') == std::string::npos ? text : '[' + text + ']';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_addresses)

BOOST_AUTO_TEST_CASE(there_are_more_than_sixty_forms_of_each) {
    BOOST_TEST(std::size(addresses) >= 60U);
    BOOST_TEST(std::size(addresses) + std::size(hosts) >= 100U);
}

BOOST_AUTO_TEST_CASE(an_address_that_a_name_server_gives_is_refused_with_the_range_and_the_option) {
    for (const auto& [address, range] : addresses)
        BOOST_TEST(names(verdict_on_address(address), range), address << ": " << verdict_on_address(address));
}

BOOST_AUTO_TEST_CASE(so_is_one_that_stands_in_the_url) {
    for (const auto& [address, range] : addresses)
        BOOST_TEST(names(verdict_on(check_gateway_host(as_host(address), {})), range), address);
}

BOOST_AUTO_TEST_CASE(so_is_every_other_spelling) {
    for (const auto& [host, range] : hosts) BOOST_TEST(names(verdict_on(check_gateway_host(host, {})), range), host);
}

BOOST_AUTO_TEST_CASE(what_is_beside_the_ranges_passes) {
    for (const char* address : beside) {
        BOOST_TEST(verdict_on_address(address) == "", address);
        BOOST_TEST(verdict_on(check_gateway_host(as_host(address), {})) == "", address);
    }
}

BOOST_AUTO_TEST_CASE(an_exception_opens_its_own_range_alone) {
    for (const ip_range& each : forbidden_ranges())
        for (const auto& [address, range] : addresses) {
            const bool is_open = to_string(each) == range;
            const std::string verdict = verdict_on_address(address, allowing(to_string(each)));
            // An address that leads to another is in two ranges, of which either may be opened.
            const bool is_in_it = each.contains(parse_ip_address(address).value());
            BOOST_TEST(verdict.empty() == (is_open || is_in_it), address << " with " << to_string(each));
        }
}

BOOST_AUTO_TEST_CASE(an_exception_may_be_of_one_address) {
    BOOST_TEST(verdict_on_address("10.0.0.7", allowing("10.0.0.7")) == "");
    BOOST_TEST(verdict_on_address("::ffff:10.0.0.7", allowing("10.0.0.7")) == "");
    BOOST_TEST(verdict_on_address("2002:a00:7::", allowing("10.0.0.7")) == "");
    BOOST_TEST(names(verdict_on_address("10.0.0.8", allowing("10.0.0.7")), "10.0.0.0/8"));
    BOOST_TEST(names(verdict_on_address("::1", allowing("127.0.0.0/8")), "::1/128"));
    BOOST_TEST(names(verdict_on_address("127.0.0.1", allowing("::1")), "127.0.0.0/8"));
}

BOOST_AUTO_TEST_CASE(what_is_denied_is_refused_whatever_allows_it) {
    gateway_policy policy = allowing("10.0.0.0/8");
    policy.denied.push_back(parse_gateway_rule("10.0.0.7").value());
    policy.denied.push_back(parse_gateway_rule("1.1.0.0/16").value());
    for (const char* address : {"10.0.0.7", "::ffff:10.0.0.7", "::10.0.0.7", "2002:a00:7::1", "64:ff9b::a00:7",
                                "1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"})
        BOOST_TEST(verdict_on_address(address, policy).find("--gateway-deny") != std::string::npos, address);
    BOOST_TEST(verdict_on_address("10.0.0.8", policy) == "");
    BOOST_TEST(verdict_on_address("1.2.1.1", policy) == "");
}

BOOST_AUTO_TEST_CASE(a_list_of_hosts_is_for_names_and_an_address_need_not_be_on_it) {
    gateway_policy policy;
    policy.hosts.push_back(parse_gateway_rule("push.example.org").value());
    BOOST_TEST(verdict_on_address("1.1.1.1", policy) == "");
    BOOST_TEST(names(verdict_on_address("127.0.0.1", policy), "127.0.0.0/8"));
}

BOOST_AUTO_TEST_CASE(where_any_gateway_may_be_every_address_passes) {
    for (const auto& [address, range] : addresses) BOOST_TEST(verdict_on_address(address, any_gateway()) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
