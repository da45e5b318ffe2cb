// --auth homeserver:URL: which answers are a no, which are the client's to see, and which are the homeserver's fault.

#include "tests/system/auth/asking_server.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

// Every answer that says nothing of the token.
std::vector<upstream_answer> failures() {
    return {matrix_error(404, "M_UNRECOGNIZED"),
            matrix_error(429, "M_LIMIT_EXCEEDED", "Slow down", {{"retry_after_ms", 2000}}),
            matrix_error(400, "M_UNKNOWN"),
            matrix_error(500, "M_UNKNOWN"),
            matrix_error(500, "M_UNKNOWN_TOKEN"),
            {.status = 502, .body = "<html>Bad Gateway</html>"},
            matrix_error(503, "M_UNKNOWN"),
            {.status = 302, .body = "", .fields = {{"Location", "/elsewhere"}}},
            matrix_error(401, "M_MISSING_TOKEN"),
            {.status = 401, .body = "<html>Unauthorized</html>"},
            {.status = 401, .body = "{}"},
            {.body = ""},
            {.body = "no JSON"},
            {.body = "[]"},
            {.body = "{}"},
            {.body = R"({"user_id":7})"},
            {.body = R"({"user_id":null})"},
            {.body = R"({"user_id":"alice"})"},
            {.body = R"({"user_id":"@alice:elsewhere.org"})"},
            {.body = R"({"user_id":"@alice:example.org.elsewhere.org"})"},
            {.body = R"({"user_id":"@alice:example.org","device_id":7})"},
            {.body = R"({"user_id":"@alice:example.org")"}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(whoami_refusals, asking_server)

BOOST_AUTO_TEST_CASE(who_is_not_known_is_told_so) {
    const answer got = list("nobody");
    BOOST_TEST(verdict(got) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(got.json().at("soft_logout").as_bool() == false);
    BOOST_TEST(verdict(as("nobody").set(pusher_body(app, "key"))) == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_soft_logout_reaches_the_client) {
    homeserver.set_whoami("expired", matrix_error(401, "M_UNKNOWN_TOKEN", "Expired", {{"soft_logout", true}}));
    homeserver.set_whoami("gone", matrix_error(401, "M_UNKNOWN_TOKEN", "Gone"));
    for (int i = 0; i < 2; ++i) {  // a no is remembered as it was said
        const answer expired = list("expired");
        BOOST_TEST(verdict(expired) == "401 M_UNKNOWN_TOKEN");
        BOOST_TEST(expired.json().at("soft_logout").as_bool() == true);
        BOOST_TEST(list("gone").json().at("soft_logout").as_bool() == false);
    }
}

BOOST_AUTO_TEST_CASE(guests_have_no_pushers) {
    homeserver.set_whoami("guest", {.body = R"({"user_id":"@5:example.org","is_guest":true})"});
    homeserver.set_whoami("member", {.body = R"({"user_id":"@6:example.org","is_guest":false})"});
    BOOST_TEST(verdict(list("guest")) == "403 M_GUEST_ACCESS_FORBIDDEN");
    BOOST_TEST(verdict(as("guest").set(pusher_body(app, "key"))) == "403 M_GUEST_ACCESS_FORBIDDEN");
    BOOST_TEST(verdict(list("member")) == "200");
}

BOOST_AUTO_TEST_CASE(a_lock_and_whatever_is_forbidden_reach_the_client_and_are_not_remembered) {
    const std::string text = "Locked \"for now\" \\ \xC3\xBC";
    for (const auto& [status, errcode] : {std::pair(401, "M_USER_LOCKED"), std::pair(403, "M_FORBIDDEN"),
                                          std::pair(403, "M_USER_SUSPENDED"), std::pair(403, "ORG_EXAMPLE_ODD")})
        for (const bool soft_logout : {true, false}) BOOST_TEST_CONTEXT(errcode) {
                const std::string token = std::string(errcode) + (soft_logout ? "_soft" : "");
                homeserver.forget_requests();
                homeserver.set_whoami(token, matrix_error(status, errcode, text, {{"soft_logout", soft_logout}}));
                for (int i = 0; i < 2; ++i) {
                    const answer got = list(token);
                    BOOST_TEST(verdict(got) == std::to_string(status) + ' ' + errcode);
                    BOOST_TEST(got.error() == text);
                    BOOST_TEST(got.json().at("soft_logout").as_bool() == soft_logout);
                }
                BOOST_TEST(homeserver.request_count() == 2U);
                homeserver.set_user(token, "@alice:example.org");
                BOOST_TEST(verdict(list(token)) == "200");
            }
}

BOOST_AUTO_TEST_CASE(every_other_answer_is_the_homeservers_fault_and_logs_nobody_out) {
    unsigned count = 0;
    for (const upstream_answer& each : failures()) BOOST_TEST_CONTEXT(each.status << ' ' << each.body) {
            const std::string token = "token" + std::to_string(++count);
            homeserver.set_whoami(token, each);
            check_unavailable(list(token));
            // Nothing of it is remembered, neither of the token nor of the homeserver.
            homeserver.set_user(token, "@alice:example.org");
            BOOST_TEST(verdict(list(token)) == "200");
        }
}

BOOST_AUTO_TEST_CASE(a_set_that_cannot_be_validated_writes_nothing) {
    homeserver.set_whoami("alice", matrix_error(500, "M_UNKNOWN"));
    check_unavailable(as("alice").set(pusher_body(app, "key")));
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(pushkeys_in(list("alice")) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
