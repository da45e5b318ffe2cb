// Where a gateway is, by the URL of a pusher.

#include "net/pokes/gateway_location.hpp"

#include "domain/gateway_url.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::net {
namespace {

const std::string path = "/_matrix/push/v1/notify";

/// The gateway's name, and what is asked for there; empty: nothing can be reached by that URL.
std::string location_of(const std::string& authority, const std::string& query = "",
                        const std::string& scheme = "https://") {
    const std::string url = scheme + authority + path + query;
    BOOST_TEST_REQUIRE(domain::check_gateway_url(url, true).has_value(), url);
    const auto found = gateway_location::parse(url);
    if (!found) return {};
    BOOST_TEST(found->server.path == "");
    return found->name() + ' ' + found->target;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_locations)

BOOST_AUTO_TEST_CASE(a_gateway_is_named_by_scheme_host_and_port) {
    BOOST_TEST(location_of("push.example.org") == "https://push.example.org:443 " + path);
    BOOST_TEST(location_of("push.example.org:8448") == "https://push.example.org:8448 " + path);
    BOOST_TEST(location_of("push.example.org", "", "http://") == "http://push.example.org:80 " + path);
    BOOST_TEST(location_of("push_1.example.org", "", "HTTPS://") == "https://push_1.example.org:443 " + path);
}

BOOST_AUTO_TEST_CASE(an_empty_port_is_none) {
    BOOST_TEST(location_of("push.example.org:") == "https://push.example.org:443 " + path);
    BOOST_TEST(location_of("[2606:4700::1]:", "", "http://") == "http://[2606:4700::1]:80 " + path);
}

BOOST_AUTO_TEST_CASE(however_its_host_is_written_it_is_one) {
    for (const char* host : {"PUSH.Example.org", "push.example.org.", "push%2Eexample.org", "%70ush.example.org"})
        BOOST_TEST(location_of(host) == location_of("push.example.org"), host);
}

BOOST_AUTO_TEST_CASE(an_address_is_one_without_brackets) {
    const auto found = gateway_location::parse("https://[2606:4700::1]:8448" + path);
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->server.host == "2606:4700::1");
    BOOST_TEST(found->name() == "https://[2606:4700::1]:8448");
    BOOST_TEST(found->server.authority() == "[2606:4700::1]:8448");
    BOOST_TEST(location_of("1.2.3.4") == "https://1.2.3.4:443 " + path);
}

BOOST_AUTO_TEST_CASE(the_query_goes_out_as_it_is) {
    for (const char* query : {"?", "?a=b", "?a=%20b&c", "?a={b}|\"c\"", "?a?b/c"})
        BOOST_TEST(location_of("push.example.org", query) == "https://push.example.org:443 " + path + query);
}

BOOST_AUTO_TEST_CASE(to_what_is_no_host_there_is_no_way) {
    for (const char* host : {"a%20b", "a%00b", "127.0.0.1%00.example.org", "a%2fb", "a%40b", "a%0d%0aX%3a%20b", "%2e",
                             "...", "[v1.a]", "a%3a80"})
        BOOST_TEST(location_of(host) == "", host << ": " << location_of(host));
    const std::string secure = "https://push.example.org";
    for (const std::string& url : {secure + path + "?x HTTP/1.1\r\nX-Evil: 1", secure + path + "?a b",
                                   secure + path + "?a\tb", secure + "/any/path", secure + path + "?\xc3\xa9"})
        BOOST_TEST(!gateway_location::parse(url).has_value(), url);
    for (const char* url : {"", "push.example.org", "ftp://push.example.org/x", "https://", "https:///x",
                            "https://a@push.example.org/x", "https://push.example.org:0/x", "https://a:65536/x"})
        BOOST_TEST(!gateway_location::parse(url).has_value(), url);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
