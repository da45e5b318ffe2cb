// The peer by TLS: the same, with the certificate that it was given.

#include "tests/support/stub_upstream.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"

#include <boost/test/unit_test.hpp>

namespace pusherd::testing {
namespace {

const std::string whoami = "/_matrix/client/v3/account/whoami";

}  // namespace

BOOST_AUTO_TEST_SUITE(stub_tls)

BOOST_AUTO_TEST_CASE(it_answers_and_fails_by_tls_as_it_does_in_the_clear) {
    const temporary_folder folder;
    const test_certificate certificate;
    const auto files = certificate.write(folder.path());
    tls_client secure({.authority = certificate.certificate()});
    stub_upstream stub({.certificate = files.chain, .key = files.key, .secure = &secure});
    stub.set_user("t", "@alice:example.org");
    BOOST_TEST(stub.url("localhost") == "https://localhost:" + std::to_string(stub.port()));
    http_client client(stub.port(), "t", &secure);
    BOOST_TEST(client.get(whoami).status == 200);
    BOOST_TEST(client.get(whoami).status == 200);
    BOOST_TEST(stub.requests().at(0).connection == stub.requests().at(1).connection);
    stub.set_fault({.kind = "half_an_answer"});
    BOOST_CHECK_THROW(http_client(stub.port(), "t", &secure).get(whoami), std::exception);
    stub.set_fault({.kind = "reset"});
    BOOST_CHECK_THROW(http_client(stub.port(), "t", &secure).get(whoami), std::exception);
    stub.restart();
    BOOST_TEST(http_client(stub.port(), "t", &secure).get(whoami).status == 200);
    http_connection in_the_clear(stub.port());
    in_the_clear.send(request("GET", whoami, "t"));
    BOOST_CHECK_THROW((void)in_the_clear.read_answer(), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
