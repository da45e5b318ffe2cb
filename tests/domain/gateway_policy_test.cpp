#include "domain/gateway_policy.hpp"

#include "domain/gateway_url.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::domain {
namespace {

using texts = std::initializer_list<const char*>;

std::vector<gateway_rule> rules(texts each) {
    std::vector<gateway_rule> all;
    for (const char* text : each) all.push_back(parse_gateway_rule(text).value());
    return all;
}

gateway_policy only(texts hosts) { return {.hosts = rules(hosts)}; }
gateway_policy denying(texts hosts) { return {.denied = rules(hosts)}; }
gateway_policy allowing(texts ranges) {
    gateway_policy policy;
    for (const char* text : ranges) policy.allow_ranges.push_back(parse_ip_range(text).value());
    return policy;
}

/// Why a URL with this host, which is a good one otherwise, is refused; empty: it is not.
std::string refusal_of(const std::string& host, const gateway_policy& policy = {}) {
    const std::string url = "https://" + host + ":8448/_matrix/push/v1/notify";
    const auto in_url = check_gateway_url(url, false);
    BOOST_TEST_REQUIRE(in_url.has_value(), url);
    BOOST_TEST(*in_url == host);
    const auto verdict = check_gateway_host(*in_url, policy);
    if (verdict) return {};
    BOOST_CHECK(verdict.error().code == errc::invalid_param);
    BOOST_TEST(verdict.error().message.starts_with("'data.url' points to "), verdict.error().message);
    return verdict.error().message;
}

bool passes(const std::string& host, const gateway_policy& policy = {}) { return refusal_of(host, policy).empty(); }

bool is_refused_for(const std::string& host, const std::string& naming, const gateway_policy& policy = {}) {
    return refusal_of(host, policy).find(naming) != std::string::npos;
}

/// An address of version 4 in all the ways in which a URL can name it.
std::vector<std::string> spellings_of(const std::string& address) {
    const auto bytes = parse_ip_address(address).value().bytes;
    const unsigned a = bytes[12];
    const unsigned b = bytes[13];
    const unsigned c = bytes[14];
    const unsigned d = bytes[15];
    std::vector<std::string> all;
    const auto add = [&](const char* format, auto... numbers) {
        char text[128];
        std::snprintf(text, sizeof(text), format, numbers...);
        all.emplace_back(text);
    };
    add("%u.%u.%u.%u", a, b, c, d);
    add("%u.%u.%u.%u.", a, b, c, d);
    add("%u.%u.%u", a, b, c << 8 | d);
    add("%u.%u", a, b << 16 | c << 8 | d);
    add("%u", a << 24 | b << 16 | c << 8 | d);
    add("0x%x.0X%X.0x%02x.0x%04x", a, b, c, d);
    add("0x%x", a << 24 | b << 16 | c << 8 | d);
    add("0%o.0%o.00%o.%u", a, b, c, d);
    add("0%o", a << 24 | b << 16 | c << 8 | d);
    add("%%3%c%s", static_cast<char>(all[0][0]), all[0].c_str() + 1);
    add("%u%%2e%u%%2E%u.%u", a, b, c, d);
    add("[::ffff:%u.%u.%u.%u]", a, b, c, d);
    add("[0:0:0:0:0:FFFF:%x:%x]", a << 8 | b, c << 8 | d);
    add("%%5B%%3a%%3Affff%%3a%u.%u.%u.%u%%5d", a, b, c, d);
    add("%%3A%%3affff%%3A%u.%u.%u.%u", a, b, c, d);
    add("%u.%u.%u.%u%%00.example.org", a, b, c, d);
    add("[2002:%x:%x::]", a << 8 | b, c << 8 | d);
    add("[2002:%x:%x:1:2:3:4:5]", a << 8 | b, c << 8 | d);
    add("[64:ff9b::%u.%u.%u.%u]", a, b, c, d);
    if (address != "0.0.0.0") add("[::%u.%u.%u.%u]", a, b, c, d);  // which is `::`
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_policies)

BOOST_AUTO_TEST_CASE(no_spelling_of_an_address_in_a_forbidden_range_passes_and_its_neighbours_do) {
    const struct {
        const char* range;
        const char* before;
        const char* first;
        const char* last;
        const char* behind;
    } ranges[] = {
        {"0.0.0.0/8", "", "0.0.0.0", "0.255.255.255", "1.0.0.0"},
        {"10.0.0.0/8", "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
        {"100.64.0.0/10", "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
        {"127.0.0.0/8", "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
        {"169.254.0.0/16", "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
        {"172.16.0.0/12", "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
        {"192.0.0.0/24", "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
        {"192.0.2.0/24", "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
        {"192.88.99.0/24", "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
        {"192.168.0.0/16", "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
        {"198.18.0.0/15", "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
        {"198.51.100.0/24", "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
        {"203.0.113.0/24", "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
        {"224.0.0.0/4", "223.255.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0"},
    };
    for (const auto& [range, before, first, last, behind] : ranges) BOOST_TEST_CONTEXT(range) {
            for (const std::string address : {first, last})
                for (const std::string& host : spellings_of(address)) {
                    const std::string expected = "'data.url' points to " + address + ", in the forbidden range " +
                                                 range + " (the server's option --gateway-allow-range " + range +
                                                 " allows it)";
                    BOOST_TEST(refusal_of(host) == expected, host);
                    BOOST_TEST(passes(host, allowing({range})), host);
                    BOOST_TEST(passes(host, allowing({address.c_str()})), host);
                    BOOST_TEST(!passes(host, allowing({"1.2.3.0/24", "fe80::/10"})), host);
                }
            for (const std::string address : {before, behind})
                if (!address.empty())
                    for (const std::string& host : spellings_of(address)) BOOST_TEST(passes(host), host);
        }
}

BOOST_AUTO_TEST_CASE(nor_does_one_of_version_6) {
    const struct {
        const char* range;
        const char* first;
        const char* last;
    } ranges[] = {
        {"::/128", "::", "0:0:0:0:0:0:0:0"},
        {"::1/128", "::1", "0::0001"},
        {"2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"fec0::/10", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (const auto& [range, first, last] : ranges)
        for (const std::string address : {first, last}) BOOST_TEST_CONTEXT(address) {
                const std::string host = '[' + address + ']';
                BOOST_TEST(is_refused_for(host, std::string(", in the forbidden range ") + range + " ("));
                BOOST_TEST(is_refused_for(host, std::string("--gateway-allow-range ") + range + " allows it"));
                BOOST_TEST(passes(host, allowing({range})));
            }
    for (const char* outside :
         {"[2001:db7:ffff:ffff:ffff:ffff:ffff:ffff]", "[2001:db9::]", "[fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]",
          "[fe00::]", "[fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "[2606:4700::1]", "[::1:0:0:1]", "[v1.fe80]"})
        BOOST_TEST(passes(outside), outside);
    BOOST_TEST(is_refused_for("[::2]", "points to 0.0.0.2, in the forbidden range 0.0.0.0/8"));
}

BOOST_AUTO_TEST_CASE(there_are_no_other_forbidden_ranges) {
    std::set<std::string> all;
    for (const ip_range& each : forbidden_ranges()) all.insert(to_string(each));
    BOOST_TEST(all.size() == 21U);
    BOOST_TEST(forbidden_ranges().size() == 21U);
}

BOOST_AUTO_TEST_CASE(a_name_passes_whatever_it_looks_like) {
    for (const char* name : {"push.example.org", "PUSH.Example.ORG.", "a", "localhost.example.org", "notlocalhost",
                             "local", "10.0.0.1.example.org", "127.0.0.1.2", "127.0.0.256", "08.0.0.1", "1and1.example",
                             "a%41b", "%2e", ".", "...", "push_1.example.org", "10.0.0.7~", "127.0.0.1%20x", "%00"})
        BOOST_TEST(passes(name), name);
}

BOOST_AUTO_TEST_CASE(localhost_is_the_loopback_address) {
    for (const char* name : {"localhost", "LocalHost", "localhost.", "localhost..", "push.localhost", "A.b.LOCALHOST.",
                             ".localhost", "%6cocalhost", "local%68ost", "localhost%2e", "push%2Elocalhost"})
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(is_refused_for(name, "'data.url' points to 127.0.0.1, in the forbidden range 127.0.0.0/8 ("));
            BOOST_TEST(passes(name, allowing({"127.0.0.0/8"})));
            BOOST_TEST(passes(name, allowing({"127.0.0.1"})));
            BOOST_TEST(passes(name, allowing({"::1"})));
            BOOST_TEST(!passes(name, allowing({"127.0.0.2", "10.0.0.0/8"})));
            BOOST_TEST(is_refused_for(name, "--gateway-deny", denying({"127.0.0.0/8"})));
            BOOST_TEST(is_refused_for(name, "--gateway-deny", denying({"::1"})));
        }
}

BOOST_AUTO_TEST_CASE(an_exception_is_for_its_own_addresses_alone) {
    BOOST_TEST(passes("10.0.0.7", allowing({"10.0.0.7"})));
    BOOST_TEST(!passes("10.0.0.6", allowing({"10.0.0.7"})));
    BOOST_TEST(!passes("10.0.0.8", allowing({"10.0.0.7"})));
    BOOST_TEST(passes("10.1.2.3", allowing({"fd00::/8", "10.1.2.0/24"})));
    BOOST_TEST(!passes("10.1.3.3", allowing({"fd00::/8", "10.1.2.0/24"})));
    BOOST_TEST(!passes("[::1]", allowing({"127.0.0.0/8"})));
    BOOST_TEST(!passes("127.0.0.1", allowing({"::1"})));
    BOOST_TEST(!passes("127.0.0.1", allowing({"::/0"})));
    BOOST_TEST(passes("[64:ff9b::10.0.0.7]", allowing({"64:ff9b::/96"})));
    BOOST_TEST(passes("10.0.0.7", allowing({"::ffff:10.0.0.0/104"})));
}

BOOST_AUTO_TEST_CASE(what_is_denied_does_not_pass) {
    const gateway_policy policy = denying({"*.example.net", "push.example.org", "1.2.3.0/24", "2606:4700::/32"});
    for (const char* host : {"a.example.net", "A.B.EXAMPLE.NET.", "push.example.org", "PUSH.example.org..",
                             "%70ush.example.org", "a%2eexample.net", "1.2.3.4", "0x01020304", "[::ffff:1.2.3.4]",
                             "[::1.2.3.4]", "[2002:102:304::]", "[64:ff9b::1.2.3.4]", "[2606:4700::1]"}) {
        const std::string expected = "'data.url' points to " + std::string(host) +
                                     ", which is not allowed here (the server's option --gateway-deny)";
        BOOST_TEST(refusal_of(host, policy) == expected);
    }
    for (const char* host : {"example.net", "aexample.net", "example.org", "1.2.4.4", "[2606:4701::1]"})
        BOOST_TEST(passes(host, policy), host);
    BOOST_TEST(is_refused_for("10.0.0.7", "10.0.0.0/8", policy));
}

BOOST_AUTO_TEST_CASE(a_pattern_sees_an_address_as_it_is_usually_written) {
    for (const char* host : {"1.2.3.4", "0x1.0x2.0x304", "[::ffff:1.2.3.4]", "1.2.3.4."}) {
        BOOST_TEST(!passes(host, denying({"1.2.*"})), host);
        BOOST_TEST(passes(host, only({"1.2.*"})), host);
    }
    BOOST_TEST(!passes("[2606:4700::1]", denying({"*"})));
    BOOST_TEST(passes("0x1.example", denying({"1.2.*"})));
}

BOOST_AUTO_TEST_CASE(what_is_denied_does_not_pass_whatever_allows_it) {
    gateway_policy policy = allowing({"10.0.0.0/8"});
    policy.denied = rules({"10.0.0.7", "evil.example.org"});
    policy.hosts = rules({"*"});
    BOOST_TEST(passes("10.0.0.8", policy));
    BOOST_TEST(passes("push.example.org", policy));
    BOOST_TEST(is_refused_for("10.0.0.7", "--gateway-deny", policy));
    BOOST_TEST(is_refused_for("[::ffff:10.0.0.7]", "--gateway-deny", policy));
    BOOST_TEST(is_refused_for("evil.example.org", "--gateway-deny", policy));
}

BOOST_AUTO_TEST_CASE(where_hosts_are_listed_no_other_passes) {
    const gateway_policy policy = only({"push.example.org", "*.push.example.org", "1.2.3.4", "1.2.4.0/24"});
    for (const char* host : {"push.example.org", "Push.Example.Org.", "a.b.push.example.org", "%70ush.example.org",
                             "1.2.3.4", "0x1020304", "1.2.4.255", "[::ffff:1.2.3.4]"})
        BOOST_TEST(passes(host, policy), host);
    for (const char* host : {"example.org", "push.example.org.evil", "xpush.example.org", "1.2.3.5", "1.2.5.0", "a",
                             "[2606:4700::1]", "10.0.0.7", "localhost", "[v1.a]", "."}) {
        const std::string expected =
            "'data.url' points to " + std::string(host) +
            ", which is not among the hosts that are allowed here (the server's option --gateway-hosts)";
        BOOST_TEST(refusal_of(host, policy) == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_listed_address_that_is_forbidden_needs_its_exception) {
    gateway_policy policy = only({"10.0.0.7", "localhost"});
    BOOST_TEST(is_refused_for("10.0.0.7", "--gateway-allow-range 10.0.0.0/8", policy));
    BOOST_TEST(is_refused_for("localhost", "--gateway-allow-range 127.0.0.0/8", policy));
    policy.allow_ranges = allowing({"10.0.0.0/8", "127.0.0.0/8"}).allow_ranges;
    BOOST_TEST(passes("10.0.0.7", policy));
    BOOST_TEST(passes("localhost", policy));
    BOOST_TEST(is_refused_for("10.0.0.8", "--gateway-hosts", policy));
    BOOST_TEST(is_refused_for("127.0.0.1", "--gateway-hosts", policy));
}

// Who decodes such a name, and takes the URL apart once more, is at evil.example.
BOOST_AUTO_TEST_CASE(a_name_with_an_escaped_delimiter_is_on_no_list) {
    for (const char* host :
         {"evil.example%2f.example.org", "evil.example%3A80.example.org", "evil.example%23.example.org",
          "evil.example%3f.example.org", "evil.example%40.example.org", "evil.example%5c.example.org",
          "evil.example%20.example.org", "evil.example%252f.example.org", "evil.example%c3%a9.example.org"})
        BOOST_TEST_CONTEXT(host) {
            BOOST_TEST(is_refused_for(host, "--gateway-hosts", only({"*.example.org"})));
            BOOST_TEST(is_refused_for(host, "--gateway-hosts", only({"*"})));
            BOOST_TEST(is_refused_for(host, "--gateway-deny", denying({"*.example.org"})));
            BOOST_TEST(passes(host));
        }
}

// The C library sees nothing behind it.
BOOST_AUTO_TEST_CASE(a_host_ends_at_u_0000) {
    BOOST_TEST(is_refused_for("127.0.0.1%00.example.org", "127.0.0.0/8"));
    BOOST_TEST(is_refused_for("localhost%00.example.org", "127.0.0.0/8"));
    BOOST_TEST(is_refused_for("evil.example%00.example.org", "--gateway-hosts", only({"*.example.org"})));
    BOOST_TEST(is_refused_for("evil.example%00.example.org", "--gateway-deny", denying({"evil.example"})));
    BOOST_TEST(passes("push.example.org%00", only({"push.example.org"})));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_short_however_long_the_host_is) {
    const std::string host(10'000, 'a');
    BOOST_TEST(refusal_of(host, denying({"*"})).size() < 400U);
    BOOST_TEST(refusal_of(host, only({"b"})).size() < 400U);
    BOOST_TEST(is_refused_for("0x" + std::string(10'000, '0') + "a000007", "points to 10.0.0.7, "));
}

BOOST_AUTO_TEST_CASE(any_gateway_lets_every_host_pass) {
    for (const char* host :
         {"push.example.org", "localhost", "127.0.0.1", "0.0.0.0", "[::]", "[::1]", "[::ffff:10.0.0.7]", "[::10.0.0.7]",
          "[2002:a00:7::]", "[fe80::1]", "[ff02::1]", "224.0.0.1", "[v1.a]"})
        BOOST_TEST(passes(host, any_gateway()), host);
}

BOOST_AUTO_TEST_CASE(a_rule_is_an_address_a_range_or_a_name) {
    BOOST_CHECK(std::get<ip_range>(*parse_gateway_rule("10.0.0.7")) == *parse_ip_range("10.0.0.7/32"));
    BOOST_CHECK(std::get<ip_range>(*parse_gateway_rule("fd00::/8")) == *parse_ip_range("fd00::/8"));
    BOOST_CHECK(std::get<host_pattern>(*parse_gateway_rule("*.Example.org")) == *host_pattern::parse("*.example.org"));
}

BOOST_AUTO_TEST_CASE(what_is_no_rule_is_told_in_a_line) {
    const struct {
        const char* text;
        const char* message;
    } bad[] = {
        {"", "'' is no host, such as *.example.org, 10.0.0.7 or 10.0.0.0/8"},
        {"https://h", "'https://h' is no address and no range of them, such as 10.0.0.0/8 or fd00::/8"},
        {"push.example.org:443", "'push.example.org:443' is no host, such as *.example.org, 10.0.0.7 or 10.0.0.0/8"},
        {"10.0.0.256", "'10.0.0.256' is no host, such as *.example.org, 10.0.0.7 or 10.0.0.0/8"},
        {"10.0.0.0/33", "'10.0.0.0/33' is no address and no range of them, such as 10.0.0.0/8 or fd00::/8"},
        {"10.0.0.7/8", "'10.0.0.7/8' is in the middle of a range: 10.0.0.0/8 is a whole one"},
        {"127.1", "'127.1' is written 127.0.0.1 here"},
        {"0x7f000001", "'0x7f000001' is written 127.0.0.1 here"},
    };
    for (const auto& [text, message] : bad) {
        const auto rule = parse_gateway_rule(text);
        BOOST_TEST_REQUIRE(!rule, text);
        BOOST_CHECK(rule.error().code == errc::invalid_param);
        BOOST_TEST(rule.error().message == message);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
