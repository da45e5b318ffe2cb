// --auth introspection:URL: RFC 7662, as Matrix Authentication Service answers it.

#include "tests/system/auth/asking_server.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string unstable_scope = "urn:matrix:org.matrix.msc2967.client:api:*";
const std::string device_scope = "urn:matrix:client:device:";
const std::string unstable_device_scope = "urn:matrix:org.matrix.msc2967.client:device:";

/// A pusherd whose client id and secret have characters that RFC 6749, 2.3.1 has to encode.
struct introspecting_server {
    pusherd_folder folder;
    stub_upstream service{{.client_id = "pusherd:1", .client_secret = "s &%+/="}};
    pusherd_server server;

    introspecting_server() : server(folder.data(), arguments("s &%+/=\n")) {}

    [[nodiscard]] options arguments(const std::string& secret) const {
        write_file(folder.file("secret"), secret);
        return of_example_org({"--auth", "introspection:" + service.introspection_url(), "--auth-client-id",
                               "pusherd:1", "--auth-secret-file", folder.file("secret").string()});
    }

    [[nodiscard]] http_client as(const std::string& token) const { return server.client(token); }
    [[nodiscard]] answer list(const std::string& token) const { return as(token).get(); }

    /// What becomes of a token of which the service says this.
    std::string verdict_on(const upstream_answer& answer) {
        const std::string token = "token" + std::to_string(++count_);
        service.set_introspection(token, answer);
        return verdict(list(token));
    }

    /// The device that a token's pusher belongs to.
    std::string device_by(const std::string& scope, const boost::json::object& more = {}) {
        const std::string number = std::to_string(++count_);
        service.set_introspection("token" + number, active("user" + number, scope, more));
        const answer set = as("token" + number).set(pusher_body(app, "key" + number));
        return set.status == 200 ? devices_in(list("token" + number)) : verdict(set);
    }

private:
    unsigned count_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(introspection, introspecting_server)

BOOST_AUTO_TEST_CASE(the_username_is_a_user_of_this_server) {
    service.set_introspection("alice", active("alice", scope_of_clients, {{"device_id", "PHONE"}}));
    BOOST_TEST(as("alice").set(pusher_body(app, "key")).field("pusherd-outcome") == "created");
    BOOST_TEST(devices_in(list("alice")) == "PHONE ");
    BOOST_TEST(folder.print({"export"}).find("@alice:example.org") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_endpoint_is_asked_as_the_standard_has_it) {
    service.set_introspection("a+b/c=&d", active("alice", scope_of_clients));
    BOOST_TEST(verdict(list("a+b/c=&d")) == "200");
    const auto asked = service.requests();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].method == "POST");
    BOOST_TEST(asked[0].target == "/oauth2/introspect");
    BOOST_TEST(asked[0].field("content-type") == "application/x-www-form-urlencoded");
    BOOST_TEST(asked[0].field("accept") == "application/json");
    BOOST_TEST(asked[0].field("x-mas-supports-device-id") == "1");
    BOOST_TEST(asked[0].field("authorization").starts_with("Basic "));
    BOOST_TEST(asked[0].body.find("token_type_hint=access_token") != std::string::npos);
    BOOST_TEST(asked[0].body.find("a+b") == std::string::npos, asked[0].body);
}

BOOST_AUTO_TEST_CASE(one_of_two_scopes_is_demanded) {
    for (const std::string& good : {scope_of_clients, unstable_scope, "openid " + scope_of_clients + " other",
                                    unstable_scope + " " + scope_of_clients})
        BOOST_TEST(verdict_on(active("alice", good)) == "200", good);
    for (const std::string& bad :
         {std::string(), std::string("openid"), scope_of_clients + "x", "x" + scope_of_clients,
          std::string("urn:matrix:client:api:"), std::string("urn:matrix:client:api:guest"), device_scope + "PHONE"})
        BOOST_TEST(verdict_on(active("alice", bad)) == "401 M_UNKNOWN_TOKEN", bad);
    BOOST_TEST(verdict_on({.body = R"({"active":true,"username":"alice"})"}) == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_device_is_named_by_itself_or_by_the_one_scope_of_a_device) {
    BOOST_TEST(device_by(scope_of_clients) == "none ");
    BOOST_TEST(device_by(scope_of_clients, {{"device_id", "PHONE"}}) == "PHONE ");
    BOOST_TEST(device_by(scope_of_clients, {{"device_id", nullptr}}) == "none ");
    BOOST_TEST(device_by(scope_of_clients + " " + device_scope + "PHONE") == "PHONE ");
    BOOST_TEST(device_by(unstable_device_scope + "PHONE " + unstable_scope) == "PHONE ");
    BOOST_TEST(device_by(scope_of_clients + " " + device_scope + "PHONE " + unstable_device_scope + "PHONE") ==
               "PHONE ");
}

BOOST_AUTO_TEST_CASE(two_devices_or_no_user_are_the_endpoints_fault) {
    const std::string both = scope_of_clients + " " + device_scope + "PHONE ";
    BOOST_TEST(verdict_on(active("alice", both + device_scope + "WEB")) == "503 M_UNKNOWN");
    BOOST_TEST(verdict_on(active("alice", scope_of_clients)) == "200");
    BOOST_TEST(verdict_on(active("alice", both + unstable_device_scope + "WEB")) == "503 M_UNKNOWN");
    BOOST_TEST(verdict_on({.body = R"({"active":true,"scope":")" + scope_of_clients + "\"}"}) == "503 M_UNKNOWN");
    BOOST_TEST(verdict_on(active("alice", scope_of_clients)) == "200");
}

BOOST_AUTO_TEST_CASE(what_is_not_active_is_not_known) {
    BOOST_TEST(verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(list("nobody").json().at("soft_logout").as_bool() == false);
    BOOST_TEST(verdict_on({.body = R"({"active":false,"scope":"urn:matrix:client:api:*","username":"alice"})"}) ==
               "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_token_of_a_device_is_active_for_us) {
    upstream_answer told = active("alice", scope_of_clients, {{"device_id", "PHONE"}});
    told.wants_device_id_header = true;
    BOOST_TEST(verdict_on(told) == "200");
}

BOOST_AUTO_TEST_CASE(errors_of_the_endpoint_log_nobody_out) {
    const std::vector<upstream_answer> failures{{.status = 500, .body = R"({"active":true})"},
                                                {.status = 404, .body = R"({"active":false})"},
                                                {.status = 403, .body = R"({"error":"forbidden"})"},
                                                {.status = 401, .body = R"({"error":"invalid_client"})"},
                                                {.body = "no JSON"},
                                                {.body = "{}"},
                                                {.body = R"({"active":"true"})"},
                                                {.body = R"([true])"}};
    for (const upstream_answer& each : failures) BOOST_TEST_CONTEXT(each.status << ' ' << each.body) {
            service.set_introspection("alice", each);
            check_unavailable(list("alice"));
            BOOST_TEST(verdict_on(active("good", scope_of_clients)) == "200");
        }
}

BOOST_AUTO_TEST_CASE(an_error_of_the_endpoint_is_in_the_log) {
    const auto lines = [&] { return server.process().errors(); };
    const std::string before = lines();
    service.set_introspection("alice", {.status = 401, .body = R"({"error":"invalid_client"})"});
    check_unavailable(list("alice"));
    BOOST_TEST(comes_true([&] { return lines().size() > before.size(); }));
}

BOOST_AUTO_TEST_CASE(nothing_outlives_its_own_end) {
    const auto in_a_while = std::time(nullptr) + 5;
    service.set_introspection("ends", active("alice", scope_of_clients, {{"exp", in_a_while}}));
    service.set_introspection("stays", active("bob", scope_of_clients, {{"exp", in_a_while + 3600}}));
    BOOST_TEST(verdict(list("ends")) == "200");
    BOOST_TEST(verdict(list("stays")) == "200");
    service.stop();
    BOOST_TEST(comes_true([&] { return list("ends").status != 200; }));
    // Not time(), which lags behind the clock that pusherd goes by, by a tick of the system.
    BOOST_TEST(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) >= in_a_while);
    check_unavailable(list("ends"));
    BOOST_TEST(verdict(list("stays")) == "200");
}

BOOST_AUTO_TEST_CASE(what_has_ended_already_is_not_known) {
    BOOST_TEST(verdict_on(active("alice", scope_of_clients, {{"exp", std::time(nullptr) - 60}})) ==
               "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict_on(active("alice", scope_of_clients, {{"exp", std::time(nullptr) + 600}})) == "200");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(introspection_credentials)

BOOST_AUTO_TEST_CASE(a_secret_alone_is_a_bearers) {
    const pusherd_folder folder;
    stub_upstream service({.bearer_secret = "shared-secret"});
    service.set_introspection("alice", active("alice", scope_of_clients));
    write_file(folder.file("secret"), "shared-secret\n");
    pusherd_server server(folder.data(), of_example_org({"--auth", "introspection:" + service.introspection_url(),
                                                         "--auth-secret-file", folder.file("secret").string()}));
    BOOST_TEST(verdict(server.client("alice").get()) == "200");
    BOOST_TEST(service.requests().at(0).field("authorization") == "Bearer shared-secret");
}

BOOST_AUTO_TEST_CASE(who_is_not_let_in_logs_nobody_out) {
    const pusherd_folder folder;
    stub_upstream service({.bearer_secret = "another"});
    service.set_introspection("alice", active("alice", scope_of_clients));
    write_file(folder.file("secret"), "shared-secret");
    pusherd_server server(folder.data(), of_example_org({"--auth", "introspection:" + service.introspection_url(),
                                                         "--auth-secret-file", folder.file("secret").string()}));
    check_unavailable(server.client("alice").get());
    BOOST_TEST(server.stop().err.find("shared-secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
