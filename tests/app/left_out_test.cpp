// What a build without TLS, metrics or validators says to who asks for them.

#include "tests/support/opened_socket.hpp"
#include "tests/support/pusherd_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::testing {

BOOST_AUTO_TEST_SUITE(left_out)

#if !PUSHERD_TLS
BOOST_AUTO_TEST_CASE(without_tls_no_address_of_it_is_served) {
    const temporary_folder folder;
    const process_end end =
        run_pusherd({.arguments = {"serve", "--data", folder.path() / "data", "--listen", "tls:127.0.0.1:0",
                                   "--tls-cert", "cert.pem", "--tls-key", "key.pem"}});
    BOOST_TEST(end.is_refusal(1));
    BOOST_TEST(end.err.find("built without TLS") != std::string::npos, end.err);
}
#endif

#if !PUSHERD_AUTH
BOOST_AUTO_TEST_CASE(without_validators_only_the_table_of_tokens_is_asked) {
    const process_end end = run_pusherd({.arguments = {"serve", "--auth", "homeserver:http://127.0.0.1:8448"}});
    BOOST_TEST(end.is_refusal(2));
    BOOST_TEST(end.err.find("built without validators") != std::string::npos, end.err);
}

BOOST_AUTO_TEST_CASE(without_validators_mas_cannot_call) {
    const temporary_folder folder;
    for (const std::string option : {"--mas-secret-file=secret", "--mas-upstream=http://127.0.0.1:1"}) {
        const process_end end = run_pusherd({.arguments = {"serve", "--data", folder.path() / "data", option}});
        BOOST_TEST(end.is_refusal(2));
        BOOST_TEST(end.err.find("built without validators") != std::string::npos, end.err);
    }
}
#endif

#if !PUSHERD_METRICS
BOOST_AUTO_TEST_CASE(without_metrics_no_address_of_them_is_served) {
    const process_end end = run_pusherd({.arguments = {"serve", "--metrics-listen", "127.0.0.1:0"}});
    BOOST_TEST(end.is_refusal(2));
    BOOST_TEST(end.err.find("built without metrics") != std::string::npos, end.err);
}

BOOST_AUTO_TEST_CASE(without_metrics_no_inherited_socket_for_them_is_served) {
    const temporary_folder folder;
    const opened_socket socket;
    const process_end end = run_pusherd({.arguments = {"serve", "--data", folder.path() / "data"},
                                         .environment = {{"LISTEN_FDNAMES", "metrics"}},
                                         .sockets = {socket.descriptor()}});
    BOOST_TEST(end.is_refusal(2));
    BOOST_TEST(end.err.find("built without them") != std::string::npos, end.err);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
