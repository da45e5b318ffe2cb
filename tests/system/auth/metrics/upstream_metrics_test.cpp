// What GET /metrics tells of the servers that are asked and told.

#include "tests/system/auth/mas_server.hpp"

#include <string>

namespace pusherd::testing {
namespace {

struct measured_server {
    measured_server() : mas({"--metrics-listen", "127.0.0.1:0", "--auth", "homeserver:" + asked.url()}, true) {
        port = port_in(mas.server->process().wait_for_line("metrics on "));
        asked.set_user("known", "@carol:example.org");
    }

    /// Whether the page has this sample.
    [[nodiscard]] bool tells(const std::string& sample) const {
        const std::string page = http_client(port).get("/metrics").body;
        return page.find('\n' + sample + '\n') != std::string::npos;
    }
    [[nodiscard]] std::string of_asked(const std::string& name) const {
        return "pusherd_validator_" + name + "{validator=\"homeserver:" + asked.url() + "\"} ";
    }

    stub_upstream asked;
    mas_server mas;
    std::uint16_t port = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_of_upstreams, measured_server)

BOOST_AUTO_TEST_CASE(questions_and_failures_are_counted) {
    BOOST_TEST(mas.list("known").status == 200);
    BOOST_TEST(tells(of_asked("requests_total") + '1'));
    BOOST_TEST(tells(of_asked("failures_total") + '0'));
    BOOST_TEST(tells("pusherd_validated_sessions 1"));
    asked.set_fault({.kind = "http_500"});
    for (int i = 0; i < 5; ++i) check_unavailable(mas.list("another" + std::to_string(i)));
    BOOST_TEST(tells(of_asked("failures_total") + '5'));
    BOOST_TEST(tells(of_asked("failing") + '1'));
}

BOOST_AUTO_TEST_CASE(so_are_calls_that_are_passed_on) {
    BOOST_TEST(mas.call(sync_devices_path, web_alone).status == 200);
    BOOST_TEST(tells("pusherd_mas_relay_requests_total 1"));
    BOOST_TEST(tells("pusherd_mas_relay_failing 0"));
    mas.homeserver.set_fault({.kind = "http_500"});
    for (int i = 0; i < 5; ++i) check_unavailable(mas.call(sync_devices_path, web_alone));
    BOOST_TEST(tells("pusherd_mas_relay_requests_total 6"));
    BOOST_TEST(tells("pusherd_mas_relay_failures_total 5"));
    BOOST_TEST(tells("pusherd_mas_relay_failing 1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
