// Where an upstream server is.

#include "net/upstream/upstream_url.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string_view>

namespace pusherd::net {

BOOST_AUTO_TEST_SUITE(upstream_urls)

BOOST_AUTO_TEST_CASE(a_url_is_a_host_a_port_and_a_path) {
    const auto plain = upstream_url::parse("http://matrix.example.org");
    BOOST_TEST(plain.host == "matrix.example.org");
    BOOST_TEST(plain.port == "80");
    BOOST_TEST(plain.path == "");
    BOOST_TEST(!plain.is_secure);
    BOOST_TEST(plain.authority() == "matrix.example.org");

    const auto full = upstream_url::parse("https://[2001:db8::1]:8443/base/of/it/");
    BOOST_TEST(full.host == "2001:db8::1");
    BOOST_TEST(full.port == "8443");
    BOOST_TEST(full.path == "/base/of/it/");
    BOOST_TEST(full.is_secure);
    BOOST_TEST(full.authority() == "[2001:db8::1]:8443");
    BOOST_TEST(upstream_url::parse("HTTPS://h:443/").authority() == "h");
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused) {
    for (const std::string_view text : {"", "matrix.example.org", "ftp://h", "http://", "https:///path", "http://u:p@h",
                                        "http://h?q", "http://h#f", "http://h:0", "http://h:65536", "http://h:99999",
                                        "http://h:655360", "http://h:x", "http://h h", "//h", "unix:/run/socket"})
        BOOST_CHECK_THROW((void)upstream_url::parse(text), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_base_ends_without_a_slash) {
    BOOST_TEST(upstream_url::parse_base("http://h").path == "");
    BOOST_TEST(upstream_url::parse_base("http://h/").path == "");
    BOOST_TEST(upstream_url::parse_base("http://h/a/b//").path == "/a/b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
