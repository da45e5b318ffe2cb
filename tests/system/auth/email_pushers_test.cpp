// --email-pushers owned: mail goes only to addresses that the homeserver has validated for this user.

#include "tests/system/auth/asking_server.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

std::string threepid(const std::string& medium, const std::string& address) {
    return R"({"medium":")" + medium + R"(","address":")" + address +
           R"(","validated_at":1700000000000,"added_at":1700000000000})";
}

upstream_answer threepids(const std::string& items) { return {.body = R"({"threepids":[)" + items + "]}"}; }

struct server_of_owners : asking_server {
    server_of_owners() : asking_server({"--email-pushers", "owned"}) {
        homeserver.set_user("alice", "@alice:example.org", "PHONE");
        homeserver.set_threepids(
            "alice", threepids(threepid("msisdn", "447700900000") + ',' + threepid("email", "alice@example.org") + ',' +
                               threepid("email", "Second@Example.Org")));
    }

    std::string set(const std::string& address) { return verdict(as("alice").set(email_body(address))); }

    std::vector<upstream_request> questions_of_addresses() const {
        std::vector<upstream_request> all = homeserver.requests();
        std::erase_if(all, [](const upstream_request& each) { return !each.target.starts_with(threepid_path); });
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(owned_email_pushers, server_of_owners)

BOOST_AUTO_TEST_CASE(an_address_of_the_users_own_is_taken) {
    BOOST_TEST(as("alice").set(email_body("alice@example.org")).field("pusherd-outcome") == "created");
    const auto asked = questions_of_addresses();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].method == "GET");
    BOOST_TEST(asked[0].target == threepid_path);
    BOOST_TEST(asked[0].field("authorization") == "Bearer alice");
    BOOST_TEST(pushkeys_in(list("alice")) == "alice@example.org ");
}

BOOST_AUTO_TEST_CASE(an_application_service_sets_for_addresses_of_whom_it_names) {
    homeserver.set_whoami("bridge",
                          {.body = R"({"user_id":"@bridge:example.org"})", .is_of_application_service = true});
    homeserver.set_threepids("bridge", threepids(threepid("email", "one@example.org")));
    BOOST_TEST(as("bridge").post(set_path + "?user_id=@one:example.org", email_body("one@example.org")).status == 200);
    const auto asked = questions_of_addresses();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].target == threepid_path + "?user_id=%40one%3Aexample.org");
}

BOOST_AUTO_TEST_CASE(letters_are_compared_without_their_case_and_kept) {
    for (const char* each : {"ALICE@example.org", "alice@EXAMPLE.org", "second@example.org", "Second@Example.Org"})
        BOOST_TEST(set(each) == "200", each);
    BOOST_TEST(pushkeys_in(list("alice")).find("ALICE@example.org ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(any_other_address_is_refused) {
    homeserver.set_threepids(
        "alice", threepids(threepid("email", "alice@example.org") + ',' + threepid("msisdn", "phone@example.org")));
    for (const char* each : {"bob@example.org", "alice@example.or", "alice@example.orgs", "xalice@example.org",
                             "phone@example.org", "\xC3\x84lice@example.org"})
        BOOST_TEST(set(each) == "400 M_THREEPID_NOT_FOUND", each);
    homeserver.set_threepids("alice", threepids(""));
    BOOST_TEST(set("alice@example.org") == "400 M_THREEPID_NOT_FOUND");
    BOOST_TEST(pushkeys_in(list("alice")) == "");
}

BOOST_AUTO_TEST_CASE(an_address_of_another_user_is_not_ones_own) {
    homeserver.set_user("bob", "@bob:example.org");
    homeserver.set_threepids("bob", threepids(threepid("email", "bob@example.org")));
    BOOST_TEST(verdict(as("bob").set(email_body("bob@example.org"))) == "200");
    BOOST_TEST(verdict(as("bob").set(email_body("alice@example.org"))) == "400 M_THREEPID_NOT_FOUND");
    BOOST_TEST(set("bob@example.org") == "400 M_THREEPID_NOT_FOUND");
    BOOST_TEST(pushkeys_in(list("bob")) == "bob@example.org ");
}

BOOST_AUTO_TEST_CASE(while_nobody_can_be_asked_nothing_is_written) {
    const std::vector<upstream_answer> failures{matrix_error(500, "M_UNKNOWN"),
                                                matrix_error(404, "M_UNRECOGNIZED"),
                                                matrix_error(429, "M_LIMIT_EXCEEDED"),
                                                {.body = "no JSON"},
                                                {.body = "{}"},
                                                {.body = R"({"threepids":7})"}};
    for (const upstream_answer& each : failures) BOOST_TEST_CONTEXT(each.status << ' ' << each.body) {
            homeserver.set_threepids("alice", each);
            check_unavailable(as("alice").set(email_body("alice@example.org")));
            check_all_is_well();
        }
    homeserver.stop();
    check_unavailable(as("alice").set(email_body("alice@example.org")));
    BOOST_TEST(pushkeys_in(list("alice")) == "");
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_an_http_pusher_or_a_removal_or_what_is_wrong_anyway) {
    BOOST_TEST(set("alice@example.org") == "200");
    homeserver.forget_requests();
    BOOST_TEST(as("alice").set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(set("no address") == "400 M_INVALID_PARAM");
    BOOST_TEST(as("alice").set(removal_body("m.email", "alice@example.org")).field("pusherd-outcome") == "deleted");
    BOOST_TEST(questions_of_addresses().empty());
    BOOST_TEST(pushkeys_in(list("alice")) == "key ");
}

BOOST_AUTO_TEST_CASE(the_session_that_ends_while_the_address_is_asked_about_writes_nothing) {
    BOOST_TEST(verdict(list("alice")) == "200");
    homeserver.set_user("web", "@alice:example.org", "WEB");
    BOOST_TEST(verdict(list("web")) == "200");
    homeserver.set_fault({.kind = "held"});
    homeserver.forget_requests();
    http_connection alice(server.port());
    alice.send(request("POST", set_path, "alice", email_body("alice@example.org")));
    (void)homeserver.wait_for_requests(1);
    BOOST_TEST(verdict(end_sessions(R"({"user_id":"@alice:example.org","device_id":"PHONE"})")) == "200");
    homeserver.release();
    BOOST_TEST(verdict(alice.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(pushkeys_in(list("web")) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
