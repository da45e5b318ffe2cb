// What one client does with its own token must not concern the others, nor the homeserver more than it must.

#include "tests/system/auth/asking_server.hpp"

#include <string>

namespace pusherd::testing {
namespace {

std::string asserting(const std::string& user) { return list_path + "?user_id=%40" + user + "%3Aexample.org"; }

/// A pusherd that asks an introspection endpoint.
struct introspecting {
    explicit introspecting(const std::string& behind_the_url = "") : server(folder.data(), arguments(behind_the_url)) {}

    options arguments(const std::string& behind_the_url) const {
        write_file(folder.file("secret"), "shared");
        return of_example_org({"--auth", "introspection:" + service.introspection_url() + behind_the_url,
                               "--auth-secret-file", folder.file("secret").string()});
    }

    pusherd_folder folder;
    stub_upstream service{{.bearer_secret = "shared"}};
    pusherd_server server;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hostile_clients, asking_server)

BOOST_AUTO_TEST_CASE(who_asks_too_often_is_limited_alone) {
    homeserver.set_whoami("limited", matrix_error(429, "M_LIMIT_EXCEEDED"));
    for (int i = 0; i < 10; ++i) {
        check_unavailable(list("limited"));
        check_all_is_well();
    }
    for (int i = 0; i < 10; ++i) check_unavailable(list("limited"));
    check_all_is_well();
}

BOOST_AUTO_TEST_CASE(assertions_that_a_homeserver_does_not_heed_are_one_question) {
    homeserver.set_user("alice", "@alice:example.org", "PHONE");
    for (int i = 0; i < 50; ++i) BOOST_TEST(as("alice").get(asserting("x" + std::to_string(i))).status == 200);
    BOOST_TEST(homeserver.request_count() == 1U);
    BOOST_TEST(verdict(list("alice")) == "200");
    BOOST_TEST(homeserver.request_count() == 1U);
}

BOOST_AUTO_TEST_CASE(nor_is_a_question_put_again_whose_answer_came_without_one_more_than_once) {
    homeserver.set_user("alice", "@alice:example.org", "PHONE");
    BOOST_TEST(verdict(list("alice")) == "200");
    for (int i = 0; i < 50; ++i) BOOST_TEST(as("alice").get(asserting("x" + std::to_string(i))).status == 200);
    BOOST_TEST(homeserver.request_count() == 2U);
}

BOOST_AUTO_TEST_CASE(addresses_are_asked_for_in_the_name_that_was_asserted) {
    homeserver.set_whoami("bridge", {.body = R"({"user_id":"@b:example.org"})", .is_of_application_service = true});
    homeserver.set_threepids("bridge", {.body = R"({"threepids":[]})"});
    pusherd_folder own;
    pusherd_server owning(own.data(), asking_homeserver(homeserver, {"--email-pushers", "owned"}));
    const answer got =
        owning.client("bridge").post(set_path + "?user_id=%40one%3Aexample.org", email_body("one@example.org"));
    BOOST_TEST(verdict(got) == "400 M_THREEPID_NOT_FOUND");
    BOOST_TEST(homeserver.requests().back().target == threepid_path + "?user_id=%40one%3Aexample.org");
}

BOOST_AUTO_TEST_CASE(several_fields_that_say_where_it_comes_from_are_one) {
    homeserver.set_user("alice", "@alice:example.org");
    http_connection connection(server.port());
    connection.send(
        request("GET", list_path, "alice", {}, "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 198.51.100.9\r\n"));
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(homeserver.requests().back().field("x-forwarded-for") == "192.0.2.7, 198.51.100.9");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hostile_introspection)

BOOST_FIXTURE_TEST_CASE(assertions_are_no_question_of_their_own, introspecting) {
    service.set_introspection("alice", active("alice", scope_of_clients));
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(server.client("alice").get(asserting("x" + std::to_string(i))).status == 200);
    BOOST_TEST(service.request_count() == 1U);
}

// As nanoseconds of 64 bits, some of these have passed long ago.
BOOST_FIXTURE_TEST_CASE(an_end_in_the_far_future_is_none, introspecting) {
    for (const std::int64_t exp : {10'000'000'000, 18'446'744'073, 20'000'000'000, 99'999'999'999}) {
        const std::string token = std::to_string(exp);
        service.set_introspection(token, active("alice", scope_of_clients, {{"exp", exp}}));
        BOOST_TEST(verdict(server.client(token).get()) == "200", token);
    }
}

BOOST_AUTO_TEST_CASE(the_url_is_asked_to_the_letter) {
    const introspecting asking("/");
    check_unavailable(asking.server.client("alice").get());
    BOOST_TEST(asking.service.requests().back().target == "/oauth2/introspect/");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
