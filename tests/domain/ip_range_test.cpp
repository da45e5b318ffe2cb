#include "domain/ip_range.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::domain {
namespace {

bool contains(const char* range, const char* address) {
    return parse_ip_range(range).value().contains(parse_ip_address(address).value());
}

std::string shown(const char* text) {
    const auto range = parse_ip_range(text);
    return range ? to_string(*range) : range.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ip_ranges)

BOOST_AUTO_TEST_CASE(a_range_holds_its_first_and_last_address_and_no_neighbour) {
    const struct {
        const char* range;
        const char* before;
        const char* first;
        const char* last;
        const char* behind;
    } ranges[] = {
        {"10.0.0.0/8", "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
        {"172.16.0.0/12", "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
        {"100.64.0.0/10", "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
        {"198.18.0.0/15", "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
        {"192.0.2.0/24", "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
        {"192.0.2.4/31", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6"},
        {"192.0.2.4/32", "192.0.2.3", "192.0.2.4", "192.0.2.4", "192.0.2.5"},
        {"128.0.0.0/1", "127.255.255.255", "128.0.0.0", "255.255.255.255", "::1:0:0:0"},
        {"fc00::/7", "fbff:ffff::", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"},
        {"fe80::/10", "fe7f:ffff::", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::"},
        {"2001:db8::/33", "2001:db7:ffff::", "2001:db8::", "2001:db8:7fff:ffff::", "2001:db8:8000::"},
        {"::1/128", "::", "::1", "::1", "::2"},
        {"::/127", "ffff::", "::", "::1", "::2"},
    };
    for (const auto& [range, before, first, last, behind] : ranges) BOOST_TEST_CONTEXT(range) {
            BOOST_TEST(contains(range, first));
            BOOST_TEST(contains(range, last));
            BOOST_TEST(!contains(range, before));
            BOOST_TEST(!contains(range, behind));
        }
}

BOOST_AUTO_TEST_CASE(a_range_is_of_one_version) {
    BOOST_TEST(contains("0.0.0.0/0", "255.255.255.255"));
    BOOST_TEST(contains("0.0.0.0/0", "::ffff:1.2.3.4"));
    BOOST_TEST(!contains("0.0.0.0/0", "::1.2.3.4"));
    BOOST_TEST(contains("::/0", "::"));
    BOOST_TEST(contains("::/0", "ffff::"));
    BOOST_TEST(!contains("::/0", "1.2.3.4"));
    BOOST_TEST(!contains("::/0", "::ffff:1.2.3.4"));
    BOOST_TEST(!contains("::/80", "1.2.3.4"));
}

BOOST_AUTO_TEST_CASE(a_range_is_shown_as_it_is_written) {
    for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "10.0.0.7/32", "fd00::/8", "::/0", "::1/128"})
        BOOST_TEST(shown(text) == text);
    BOOST_TEST(shown("10.0.0.7") == "10.0.0.7/32");
    BOOST_TEST(shown("FD00::7") == "fd00::7/128");
    BOOST_TEST(shown("[fd00::7]") == "fd00::7/128");
    BOOST_TEST(shown("::ffff:10.0.0.0/104") == "10.0.0.0/8");
    BOOST_TEST(shown("::ffff:0:0/96") == "0.0.0.0/0");
}

BOOST_AUTO_TEST_CASE(what_is_no_range_is_refused) {
    for (const char* text : {"",
                             "/",
                             "10",
                             "10/8",
                             "10.0.0/8",
                             "10.0.0.0/",
                             "10.0.0.0/33",
                             "10.0.0.0/-1",
                             "10.0.0.0/+8",
                             "10.0.0.0/8 ",
                             " 10.0.0.0/8",
                             "10.0.0.0/8/8",
                             "10.0.0.0/255.0.0.0",
                             "10.0.0.0/0x8",
                             "0x0a.0.0.0/8",
                             "10.0.0.256",
                             "fd00::/129",
                             "fd00::/",
                             "fd00/8",
                             "[fd00::]/8",
                             "fe80::1%lo",
                             "push.example.org",
                             "push.example.org/8",
                             "*"}) {
        const auto range = parse_ip_range(text);
        BOOST_TEST_REQUIRE(!range, text);
        BOOST_CHECK(range.error().code == errc::invalid_param);
        BOOST_TEST(range.error().message.starts_with('\'' + std::string(text) + "' is no address and no range of them"),
                   range.error().message);
    }
}

BOOST_AUTO_TEST_CASE(an_address_in_the_middle_of_its_range_is_refused_and_the_range_named) {
    BOOST_TEST(shown("10.0.0.7/8") == "'10.0.0.7/8' is in the middle of a range: 10.0.0.0/8 is a whole one");
    BOOST_TEST(shown("fd00::7/8") == "'fd00::7/8' is in the middle of a range: fd00::/8 is a whole one");
    BOOST_TEST(shown("10.0.0.1/31") == "'10.0.0.1/31' is in the middle of a range: 10.0.0.0/31 is a whole one");
    BOOST_TEST(shown("::ffff:10.0.0.0/95") ==
               "'::ffff:10.0.0.0/95' is in the middle of a range: ::fffe:0:0/95 is a whole one");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
