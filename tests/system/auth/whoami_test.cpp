// --auth homeserver:URL: a client's token is its homeserver's to know.

#include "tests/system/auth/asking_server.hpp"

#include <boost/json/array.hpp>

namespace pusherd::testing {
namespace {

// The query's part behind the path, of the request that came last.
std::string last_query(const stub_upstream& homeserver) {
    const std::string target = homeserver.requests().back().target;
    const std::size_t mark = target.find('?');
    return mark == std::string::npos ? "" : target.substr(mark + 1);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(whoami, asking_server)

BOOST_AUTO_TEST_CASE(a_token_of_the_homeserver_is_its_user_on_its_device) {
    homeserver.set_user("alice_phone", "@alice:example.org", "PHONE");
    homeserver.set_user("alice_web", "@alice:example.org", "WEB");
    homeserver.set_user("bob", "@bob:example.org");
    BOOST_TEST(as("alice_phone").set(pusher_body(app, "phone's")).field("pusherd-outcome") == "created");
    BOOST_TEST(as("alice_web").set(pusher_body(app, "web's")).field("pusherd-outcome") == "created");
    BOOST_TEST(as("bob").set(pusher_body(app, "bob's")).field("pusherd-outcome") == "created");
    BOOST_TEST(pushkeys_in(list("alice_phone")) == "phone's web's ");
    BOOST_TEST(devices_in(list("alice_phone")) == "PHONE WEB ");
    BOOST_TEST(devices_in(list("bob")) == "none ");
}

BOOST_AUTO_TEST_CASE(the_homeserver_is_asked_with_the_clients_token) {
    homeserver.set_user("alice", "@alice:example.org");
    BOOST_TEST(verdict(list("alice")) == "200");
    const auto asked = homeserver.requests();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].method == "GET");
    BOOST_TEST(asked[0].target == whoami_path);
    BOOST_TEST(asked[0].field("authorization") == "Bearer alice");
    BOOST_TEST(asked[0].field("host") == "127.0.0.1:" + std::to_string(homeserver.port()));
}

BOOST_AUTO_TEST_CASE(a_token_in_the_query_is_passed_on_in_the_head_alone) {
    homeserver.set_user("a/b=", "@alice:example.org");
    BOOST_TEST(verdict(server.client().get(list_path + "?access_token=a%2Fb%3D")) == "200");
    BOOST_TEST(homeserver.requests().at(0).target == whoami_path);
    BOOST_TEST(homeserver.requests().at(0).field("authorization") == "Bearer a/b=");
}

BOOST_AUTO_TEST_CASE(what_tells_one_client_from_another_is_passed_on) {
    homeserver.set_user("alice", "@alice:example.org");
    http_connection connection(server.port());
    connection.send(request("GET", list_path + "?user_id=%40alice%3Aexample.org&device_id=PHONE&other=x", "alice", {},
                            "User-Agent: Element/1.11 (Pixel)\r\nX-Forwarded-For: 192.0.2.7, 198.51.100.9\r\n"
                            "Cookie: private\r\n"));
    BOOST_TEST(connection.read_answer().status == 200);
    const auto asked = homeserver.requests();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].field("user-agent") == "Element/1.11 (Pixel)");
    BOOST_TEST(asked[0].field("x-forwarded-for") == "192.0.2.7, 198.51.100.9");
    BOOST_TEST(asked[0].field("cookie") == "");
    BOOST_TEST(last_query(homeserver).find("alice") != std::string::npos);
    BOOST_TEST(last_query(homeserver).find("PHONE") != std::string::npos);
    BOOST_TEST(last_query(homeserver).find("other") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_application_service_acts_as_whom_it_names) {
    homeserver.set_whoami("bridge",
                          {.body = R"({"user_id":"@bridge:example.org"})", .is_of_application_service = true});
    const auto set_as = [&](const std::string& query, const std::string& key) {
        return as("bridge").post(set_path + query, pusher_body(app, key)).status;
    };
    const auto list_as = [&](const std::string& query) { return pushkeys_in(as("bridge").get(list_path + query)); };
    BOOST_TEST(set_as("?user_id=%40one%3Aexample.org&device_id=D1", "one's") == 200);
    BOOST_TEST(set_as("?user_id=@two%26x%3Dy:example.org", "two's") == 200);
    BOOST_TEST(set_as("", "bridge's") == 200);
    BOOST_TEST(list_as("?user_id=%40one%3Aexample.org") == "one's ");
    BOOST_TEST(devices_in(as("bridge").get(list_path + "?user_id=@one:example.org")) == "D1 ");
    BOOST_TEST(list_as("?user_id=@two%26x%3Dy:example.org") == "two's ");
    BOOST_TEST(list_as("") == "bridge's ");
}

BOOST_AUTO_TEST_CASE(whom_nobody_can_be_is_for_the_homeserver_to_refuse) {
    homeserver.set_whoami("bridge",
                          {.body = R"({"user_id":"@bridge:example.org"})", .is_of_application_service = true});
    check_unavailable(as("bridge").get(list_path + "?user_id="));  // the stub says that it is ""
    BOOST_TEST(last_query(homeserver) == "user_id=");
    BOOST_TEST(verdict(as("bridge").get(list_path)) == "200");
}

BOOST_AUTO_TEST_CASE(nothing_that_a_client_sends_becomes_a_field_of_the_question) {
    homeserver.set_user("alice", "@alice:example.org");
    const std::string line_ends = "%0d%0aX-Injected:%20yes%0d%0a";
    BOOST_TEST(server.client().get(list_path + "?access_token=alice" + line_ends).status == 401);
    (void)as("alice").get(list_path + "?user_id=@alice:example.org" + line_ends);
    (void)as("alice").get(list_path + "?device_id=" + line_ends);
    for (const upstream_request& each : homeserver.requests()) {
        BOOST_TEST(each.field("x-injected") == "");
        BOOST_TEST(each.target.starts_with(whoami_path));
    }
    check_all_is_well();
}

BOOST_AUTO_TEST_CASE(a_user_of_the_homeserver_is_a_plain_one) {
    homeserver.set_user("root", "@root:example.org", "PHONE");
    BOOST_TEST(verdict(as("root").get("/_synapse/admin/v1/users/@root:example.org/pushers")) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(as("root").get("/_pusherd/v1/admin/counts")) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(as("root").post("/_pusherd/v1/sessions/end", R"({"user_id":"@root:example.org"})")) ==
               "403 M_FORBIDDEN");
    BOOST_TEST(verdict(list("root")) == "200");
}

BOOST_AUTO_TEST_CASE(tokens_of_the_local_table_are_not_asked_about) {
    const std::string local = folder.issue("@alice:example.org");
    homeserver.set_fault({.kind = "http_500"});
    BOOST_TEST(as(local).set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(pushkeys_in(list(local)) == "key ");
    BOOST_TEST(verdict(server.client().get()) == "401 M_MISSING_TOKEN");
    BOOST_TEST(homeserver.request_count() == 0U);
    homeserver.release();
    check_all_is_well();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(whoami_elsewhere)

BOOST_AUTO_TEST_CASE(a_homeserver_may_be_behind_a_base_path) {
    for (const std::string slash : {"", "/"}) {
        const pusherd_folder folder;
        stub_upstream homeserver({.base_path = "/matrix/hs"});
        homeserver.set_user("alice", "@alice:example.org");
        pusherd_server server(folder.data(), of_example_org({"--auth", "homeserver:" + homeserver.url() + slash}));
        BOOST_TEST(verdict(server.client("alice").get()) == "200");
        BOOST_TEST(homeserver.requests().at(0).target == "/matrix/hs" + whoami_path);
    }
}

BOOST_AUTO_TEST_CASE(a_name_is_resolved) {
    const pusherd_folder folder;
    stub_upstream homeserver;
    homeserver.set_user("alice", "@alice:example.org");
    pusherd_server server(folder.data(), of_example_org({"--auth", "homeserver:" + homeserver.url("localhost")}));
    BOOST_TEST(verdict(server.client("alice").get()) == "200");
    BOOST_TEST(homeserver.requests().at(0).field("host") == "localhost:" + std::to_string(homeserver.port()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
