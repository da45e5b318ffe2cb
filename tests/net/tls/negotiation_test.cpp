// What is negotiated, and what is not.

#include "tests/net/tls/tls_server.hpp"

#include <openssl/ssl.h>

#include <stdexcept>
#include <string>

namespace pusherd::testing {
namespace {

constexpr const char* anything = "ALL:@SECLEVEL=0";

bool is_refused(const tls_server& server, const tls_client::options& how) {
    tls_client client(how);
    try {
        http_connection connection(server.server.port(), &client);
        return false;
    } catch (const std::runtime_error&) {
        return true;
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_negotiation, tls_server)

BOOST_AUTO_TEST_CASE(versions_below_1_2_are_refused) {
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION})
        BOOST_TEST(is_refused(*this, {.lowest = version, .highest = version, .ciphers = anything}));
    BOOST_TEST(!is_refused(*this, {.highest = TLS1_2_VERSION, .ciphers = anything}));
}

BOOST_AUTO_TEST_CASE(ciphers_without_forward_secrecy_or_authenticated_encryption_are_refused) {
    for (const char* cipher : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA",
                               "ECDHE-ECDSA-AES128-CCM8", "AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"})
        BOOST_TEST(is_refused(*this, {.highest = TLS1_2_VERSION, .ciphers = cipher}), cipher);
    for (const char* cipher :
         {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"})
        BOOST_TEST(!is_refused(*this, {.highest = TLS1_2_VERSION, .ciphers = cipher}), cipher);
}

BOOST_AUTO_TEST_CASE(the_client_chooses_among_the_good_ciphers) {
    for (const char* first : {"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES256-GCM-SHA384"}) {
        tls_client choosing(
            {.highest = TLS1_2_VERSION, .ciphers = std::string(first) + ":ECDHE-ECDSA-AES128-GCM-SHA256"});
        http_connection connection(server.port(), &choosing);
        BOOST_TEST(choosing.cipher() == first);
    }
}

BOOST_AUTO_TEST_CASE(http_1_1_is_chosen_where_protocols_are_offered) {
    tls_client offering({.protocols = "h2,http/1.1"});
    BOOST_TEST(http_client(server.port(), {}, &offering).get("/health").status == 200);
    BOOST_TEST(offering.protocol() == "http/1.1");
    BOOST_TEST(http_client(server.port(), {}, &client).get("/health").status == 200);
    BOOST_TEST(client.protocol() == "");
}

BOOST_AUTO_TEST_CASE(who_speaks_other_protocols_alone_is_refused) {
    BOOST_TEST(is_refused(*this, {.protocols = "h2"}));
    BOOST_TEST(is_refused(*this, {.protocols = "smtp,imap"}));
}

BOOST_AUTO_TEST_CASE(the_chain_goes_with_the_certificate) {
    const temporary_folder other;
    const test_certificate root({.name = "root", .is_authority = true});
    const test_certificate intermediate({.name = "intermediate", .is_authority = true}, &root);
    const test_certificate leaf({}, &intermediate);
    running_server chained(running_server::default_settings(), leaf.write(other.path(), intermediate.certificate()));
    tls_client strict({.authority = root.certificate()});
    BOOST_TEST(http_client(chained.port(), {}, &strict).get("/health").status == 200);
    tls_client stricter({.authority = test_certificate({.name = "root", .is_authority = true}).certificate()});
    BOOST_CHECK_THROW(http_connection(chained.port(), &stricter), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
