// Runs over TLS against a real pusherd.

#include "bench/load/run.hpp"

#include "tests/bench/seeded_server.hpp"
#include "tests/support/files.hpp"
#include "tests/support/tls/test_certificate.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace pusherd::bench {
namespace {

struct tls_server : seeded_server {
    testing::test_certificate certificate;
    net::tls::certificate_files files = certificate.write(folder.file("."));
    testing::pusherd_server tls{folder.data(),
                                {"--set-rate", "0", "--listen", "tls:127.0.0.1:0", "--tls-cert", files.chain.string(),
                                 "--tls-key", files.key.string()}};
    std::uint16_t port = testing::port_in(tls.process().wait_for_line(" (TLS)"));

    [[nodiscard]] run_options options(const char* mix = "list=1") const {
        run_options options;
        options.where = local_target(port);
        options.where.is_secure = true;
        options.mix = *request_mix::parse(mix);
        options.tokens = tokens;
        options.connections = 8;
        options.warm_up = std::chrono::milliseconds(100);
        options.duration = std::chrono::milliseconds(500);
        options.is_shown = false;
        return options;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runs_over_tls, tls_server)

BOOST_AUTO_TEST_CASE(every_answer_is_right) {
    for (const char* mix : {"list=1", "list=50,set=25,unchanged=20,delete=5"}) {
        run_options how = options(mix);
        how.in_flight = 4;
        const run_result result = run_load(how);
        BOOST_TEST(is_clean(result));
        BOOST_TEST(result.measured.answered() > 50U);
    }
}

BOOST_AUTO_TEST_CASE(a_connection_a_request_is_a_handshake_a_request) {
    run_options how = options();
    how.keep_alive = false;
    const run_result result = run_load(how);
    BOOST_TEST(is_clean(result));
    BOOST_TEST(result.measured.answered() > 10U);
}

BOOST_AUTO_TEST_CASE(an_authority_is_asked_where_one_is_named) {
    run_options how = options();
    how.authority = files.chain;
    BOOST_TEST(is_clean(run_load(how)));
    how.authority = folder.file("other.pem");
    testing::write_file(how.authority, testing::test_certificate().certificate());
    BOOST_TEST(!is_clean(run_load(how)));
    testing::write_file(how.authority, "nonsense");
    BOOST_CHECK_THROW(run_load(how), run_failed);
}

BOOST_AUTO_TEST_CASE(plain_http_to_a_tls_port_is_no_clean_run) {
    run_options how = options();
    how.where.is_secure = false;
    BOOST_TEST(!is_clean(run_load(how)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
