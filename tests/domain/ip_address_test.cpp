// Addresses, in every spelling that the C library takes for one: it is asked as well.

#include "domain/ip_address.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace pusherd::domain {
namespace {

std::string shown(const std::optional<ip_address>& address) { return address ? to_string(*address) : "none"; }

// By inet_aton(3), but for white space and what stands behind it, which getaddrinfo(3) does not take.
std::string as_the_library_reads(const std::string& host) {
    in_addr address{};
    char text[INET_ADDRSTRLEN];
    if (host.find_first_of(" \t\n\v\f\r") != std::string::npos || ::inet_aton(host.c_str(), &address) == 0)
        return "none";
    return ::inet_ntop(AF_INET, &address, text, sizeof(text));
}

std::optional<ip_address> as_the_library_reads_v6(const std::string& text) {
    ip_address address;
    if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) != 1) return std::nullopt;
    return address;
}

std::string random_text(std::mt19937& random, std::string_view characters, std::size_t longest) {
    std::string text(random() % longest + 1, ' ');
    std::generate(text.begin(), text.end(), [&] { return characters[random() % characters.size()]; });
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ip_addresses)

BOOST_AUTO_TEST_CASE(every_spelling_of_a_host_is_the_address_it_resolves_to) {
    const struct {
        const char* host;
        const char* address;
    } hosts[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"127.1", "127.0.0.1"},
        {"127.0.1", "127.0.0.1"},
        {"2130706433", "127.0.0.1"},
        {"0x7f.0.0.1", "127.0.0.1"},
        {"0X7F.0x0.0x0.0x1", "127.0.0.1"},
        {"0x7f000001", "127.0.0.1"},
        {"0177.0.0.1", "127.0.0.1"},
        {"017700000001", "127.0.0.1"},
        {"0000000000000000177.1", "127.0.0.1"},
        {"0x7f.0177.513", "127.127.2.1"},
        {"10.16777215", "10.255.255.255"},
        {"10.1.65535", "10.1.255.255"},
        {"0", "0.0.0.0"},
        {"0.0.0.0", "0.0.0.0"},
        {"4294967295", "255.255.255.255"},
        {"00", "0.0.0.0"},
        {"[::1]", "::1"},
        {"[::]", "::"},
        {"[FD00::7]", "fd00::7"},
        {"[::ffff:10.0.0.7]", "10.0.0.7"},
        {"[::ffff:a00:7]", "10.0.0.7"},
        {"[::10.0.0.7]", "::a00:7"},
        {"[0:0:0:0:0:0:0:1]", "::1"},
        {"::1", "::1"},
        {"[fe80::1%lo]", "fe80::1"},
        {"fe80::1%25lo", "fe80::1"},
        {"[127.1]", "127.0.0.1"},
    };
    for (const auto& [host, address] : hosts) BOOST_TEST(shown(address_of_host(host)) == address, host);
}

BOOST_AUTO_TEST_CASE(what_the_library_takes_for_a_name_is_none) {
    const char* const names[] = {"", "push.example.org", "a", "[v1.a]", "[]", "[::1", "[::1]x", "[::1].", "%", ":"};
    const char* const almost[] = {"127.0.0.1.2", "127.0.0.1.0", "127.0.0.256", "256.0.0.1",
                                  "10.16777216", "10.1.65536",  "4294967296"};
    const char* const odd[] = {"0x100000000", "08.0.0.1", "0x", "0x.1", "0xg", "127.0.0.0x", "127.0.0.1a", "1e3"};
    const char* const parts[] = {"127.0.0.", "127..1", ".1", "1.", "-1", "+1", "1 ", "127.0.0.1%lo"};
    for (const auto& list : {std::span<const char* const>(names), {almost}, {odd}, {parts}})
        for (const char* name : list) BOOST_TEST(shown(address_of_host(name)) == "none", name);
}

BOOST_AUTO_TEST_CASE(numbers_and_dots_are_read_as_by_the_library) {
    std::mt19937 random(20261127);  // NOLINT(bugprone-random-generator-seed): the same in every run
    const std::string_view digits = "0123456789";
    const std::string_view any = "0011225567889aAfFxX..";
    int addresses = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::string host = random_text(random, i % 2 == 0 ? any : digits, 12);
        const std::string expected = as_the_library_reads(host);
        BOOST_TEST_REQUIRE(shown(address_of_host(host)) == expected, host);
        if (expected != "none") ++addresses;
    }
    BOOST_TEST(addresses > 20'000);
}

BOOST_AUTO_TEST_CASE(addresses_of_version_6_are_read_as_by_the_library) {
    std::mt19937 random(20261128);  // NOLINT(bugprone-random-generator-seed)
    int addresses = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string text;
        for (auto parts = random() % 9; parts > 0; --parts) text += random_text(random, "0fA", 4) + ':';
        text += random() % 2 == 0 ? random_text(random, "0123456789", 3) : random_text(random, "0128.", 9);
        if (const std::size_t cut = random() % text.size(); random() % 2 == 0) text.insert(cut, ":");
        if (text.find(':') == std::string::npos) continue;
        const auto expected = as_the_library_reads_v6(text);
        BOOST_TEST_REQUIRE((parse_ip_address(text) == expected), text << ": " << shown(parse_ip_address(text)));
        BOOST_TEST_REQUIRE((address_of_host('[' + text + ']') == expected), text);
        if (!expected) continue;
        ++addresses;
        BOOST_TEST_REQUIRE((parse_ip_address(to_string(*expected)) == expected), to_string(*expected));
    }
    BOOST_TEST(addresses > 5'000);
}

BOOST_AUTO_TEST_CASE(people_write_four_decimal_numbers_or_version_6) {
    BOOST_TEST(shown(parse_ip_address("10.0.0.7")) == "10.0.0.7");
    BOOST_TEST(shown(parse_ip_address("2001:DB8::7")) == "2001:db8::7");
    for (const char* text :
         {"", "10.7", "012.0.0.7", "0xa.0.0.7", "167772167", "10.0.0.7.", "[::1]", "fe80::1%lo", "x"})
        BOOST_TEST(shown(parse_ip_address(text)) == "none", text);
}

BOOST_AUTO_TEST_CASE(version_4_and_its_mapped_form_are_the_same) {
    BOOST_TEST((parse_ip_address("10.0.0.7") == parse_ip_address("::ffff:10.0.0.7")));
    BOOST_TEST((parse_ip_address("10.0.0.7") == parse_ip_address("::ffff:a00:7")));
    BOOST_TEST(parse_ip_address("::ffff:10.0.0.7")->is_v4());
    for (const char* text : {"::10.0.0.7", "::fffe:10.0.0.7", "::1:ffff:10.0.0.7", "::", "::1"})
        BOOST_TEST(!parse_ip_address(text)->is_v4(), text);
}

BOOST_AUTO_TEST_CASE(version_6_may_lead_to_version_4) {
    const struct {
        const char* address;
        const char* inside;
    } addresses[] = {
        {"::10.0.0.7", "10.0.0.7"},
        {"::2", "0.0.0.2"},
        {"::ffff", "0.0.255.255"},
        {"::", "none"},
        {"::1", "none"},
        {"2002:a00:7::", "10.0.0.7"},
        {"2002:a00:7:1:2:3:4:5", "10.0.0.7"},
        {"2001:a00:7::", "none"},
        {"2003:a00:7::", "none"},
        {"64:ff9b::10.0.0.7", "10.0.0.7"},
        {"64:ff9b::1:10.0.0.7", "none"},
        {"64:ff9c::10.0.0.7", "none"},
        {"::ffff:10.0.0.7", "none"},  // is one itself
        {"10.0.0.7", "none"},
        {"2001:db8::10.0.0.7", "none"},
    };
    for (const auto& [address, inside] : addresses)
        BOOST_TEST(shown(embedded_v4(*parse_ip_address(address))) == inside, address);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
