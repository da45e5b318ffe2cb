// Contract section 3: the fields that every answer has, each exactly once.

#include "tests/net/wire.hpp"

#include <regex>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

net::server_settings one_set_a_while() {
    auto settings = running_server::default_settings();
    settings.api.set_rate = 0.001;
    settings.api.set_burst = 1;
    return settings;
}

void check_fields(const answer& got, bool exposes) {
    BOOST_TEST_CONTEXT("status " << got.status) {
        BOOST_TEST(got.field("cache-control") == "no-store");
        BOOST_TEST(got.field("access-control-allow-origin") == "*");
        BOOST_TEST(got.field("access-control-allow-methods") == "GET, POST, PUT, DELETE, OPTIONS");
        BOOST_TEST(got.field("access-control-allow-headers") == "X-Requested-With, Content-Type, Authorization");
        BOOST_TEST(got.field("access-control-expose-headers") == (exposes ? "Pusherd-Outcome, Retry-After" : ""));
        const bool sends_one = got.fields.count("pusherd-outcome") + got.fields.count("retry-after") != 0;
        BOOST_TEST(sends_one == exposes);
        static const std::regex date(R"((Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT)");
        BOOST_TEST(std::regex_match(got.field("date"), date));
        if (got.status == 204) return;
        BOOST_TEST(got.fields.count("content-length") == 1U);
        if (got.body != "OK") BOOST_TEST(got.field("content-type") == "application/json");
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_fields)

BOOST_AUTO_TEST_CASE(every_answer_has_the_fields_of_the_contract_exactly_once) {
    running_server server(one_set_a_while());
    auto alice = server.client_of("@alice:example.org");
    check_fields(alice.get(), false);
    check_fields(alice.get("/_matrix/client/versions"), false);
    check_fields(alice.get("/health"), false);
    check_fields(alice.send("HEAD", list_path), false);
    check_fields(alice.send("OPTIONS", list_path), false);
    check_fields(alice.get("/no/such/path"), false);
    check_fields(alice.send("PUT", list_path), false);
    check_fields(server.client().get(), false);
    check_fields(server.client("unknown").get(), false);
    check_fields(server.client_of("@bob:example.org").set("{"), false);
    check_fields(alice.set(set_body_of_size(65537)), false);
    check_fields(alice.set(pusher_body("org.example.app", "key")), true);
    const answer limited = alice.set(pusher_body("org.example.app", "key"));
    BOOST_TEST(limited.status == 429);
    check_fields(limited, true);
    check_fields(ask(server, "garbage\r\n\r\n"), false);
    check_fields(ask(server, "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n"), false);
}

BOOST_AUTO_TEST_CASE(a_503_has_them_as_well) {
    auto settings = running_server::default_settings();
    settings.max_connections = 3;
    running_server server(settings);
    std::vector<http_connection> busy;
    for (int i = 0; i < 3; ++i) {
        const std::string user = "@user" + std::to_string(i) + ":example.org";
        begin_set(busy.emplace_back(server.port()), server.token(user), 10);
    }
    http_connection one_too_many(server.port());
    const answer got = one_too_many.read_answer();
    BOOST_TEST(got.status == 503);
    check_fields(got, true);
}

BOOST_AUTO_TEST_CASE(errors_are_an_object_with_errcode_and_error) {
    running_server server;
    auto alice = server.client_of("@alice:example.org");
    for (const answer& got : {alice.get("/no/such/path"), alice.send("PUT", list_path), alice.set("{"), alice.set("{}"),
                              server.client().get(), server.client("unknown").get(), ask(server, "garbage\r\n\r\n")}) {
        BOOST_TEST_CONTEXT("status " << got.status) {
            const auto body = got.json();
            BOOST_TEST(body.at("errcode").as_string().starts_with("M_"));
            BOOST_TEST(!body.at("error").as_string().empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_content_type_of_a_request_is_never_checked) {
    running_server server;
    const std::string token = server.token("@alice:example.org");
    for (const char* type : {"application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense", "",
                             "application/json; charset=latin1"}) {
        const std::string fields = "Content-Type: " + std::string(type) + "\r\n";
        BOOST_TEST_CONTEXT(type)
        BOOST_TEST(ask(server, request("POST", set_path, token, pusher_body("a", "k"), fields)).status == 200);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
