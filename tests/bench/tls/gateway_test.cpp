// The gateway over TLS.

#include "tests/bench/gateway/gateway_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace pusherd::bench {
namespace {

struct tls_gateway {
    testing::temporary_folder folder;
    testing::test_certificate certificate;
    net::tls::certificate_files files = certificate.write(folder.path());
    testing::tls_client client{{.authority = certificate.certificate()}};

    [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{"--tls-cert", files.chain.string(), "--tls-key", files.key.string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_over_tls, tls_gateway)

BOOST_AUTO_TEST_CASE(pokes_are_printed_on_a_kept_connection) {
    gateway_process gateway(arguments());
    testing::http_connection connection(gateway.port(), &client);
    const std::string one = testing::request("POST", notify_path, {}, notification_body("$secret"));
    for (int i = 0; i < 3; ++i) {
        connection.send(one + one);
        BOOST_TEST(connection.read_answer().body == R"({"rejected":[]})");
        BOOST_TEST(connection.read_answer().status == 200);
    }
    BOOST_TEST(gateway.output().find(" event $secret ") != std::string::npos);
    BOOST_TEST(gateway.errors().find("(https://127.0.0.1:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_large_body_and_a_large_answer_pass) {
    gateway_process gateway(arguments({"--count", "--rule", "all: large=1024"}));
    testing::http_connection connection(gateway.port(), &client);
    const std::string body = notification_body() + std::string(400'000, ' ');
    connection.send(testing::request("POST", notify_path, {}, body));
    BOOST_TEST(connection.read_answer().body.size() > 1024U * 1024);
}

BOOST_AUTO_TEST_CASE(delays_and_closes_are_the_same) {
    gateway_process gateway(arguments({"--rule", "first=1: delay=20ms", "--rule", "all: close"}));
    testing::http_connection connection(gateway.port(), &client);
    const std::string one = testing::request("POST", notify_path, {}, notification_body());
    connection.send(one);
    BOOST_TEST(connection.read_answer().status == 200);
    connection.send(one);
    BOOST_TEST(connection.is_closed_within(std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_CASE(who_speaks_in_the_clear_is_told_so) {
    gateway_process gateway(arguments());
    testing::http_connection connection(gateway.port());
    connection.send(testing::request("POST", notify_path, {}, notification_body()));
    BOOST_TEST(connection.read_answer().status == 400);
    BOOST_TEST(connection.is_closed_within(std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
