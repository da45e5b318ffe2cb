// --auth appservice:FILE: the token of an application service is known by its registration, and whom it acts as.

#include "tests/system/auth/asking_server.hpp"

#include <string>

namespace pusherd::testing {
namespace {

const std::string as_token = "irc_d2hhdF9hX3Rva2Vu_271828";

const std::string registration =
    "id: irc\n"
    "url: null\n"
    "as_token: " +
    as_token +
    "\n"
    "hs_token: hs_token_of_the_bridge\n"
    "sender_localpart: bridge\n"
    "rate_limited: false\n"
    "namespaces:\n"
    "  users:\n"
    "    - exclusive: true\n"
    "      regex: '@_irc_.*:example\\.org'\n"
    "    - regex: \"@guest_\"\n"
    "  aliases: []\n";

const std::string alice = "?user_id=%40_irc_alice%3Aexample.org";
const std::string bob = "?user_id=@_irc_bob:example.org";

std::string auth_by(const pusherd_folder& folder) {
    write_file(folder.file("irc.yaml"), registration);
    return "appservice:" + folder.file("irc.yaml").string();
}

struct server_of_a_bridge {
    explicit server_of_a_bridge(const options& more = {})
        : service(service_token(folder)), server(folder.data(), arguments(more)) {}

    [[nodiscard]] options arguments(const options& more) const {
        options all = of_example_org({"--auth", auth_by(folder)});
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    [[nodiscard]] answer list(const std::string& query = {}, const std::string& token = as_token) const {
        return server.client(token).get(list_path + query);
    }
    [[nodiscard]] answer set(const std::string& query, const std::string& key) const {
        return server.client(as_token).post(set_path + query, pusher_body(app, key, "en", true));
    }
    void end(const std::string& body) const {
        BOOST_TEST(verdict(server.client(service).post("/_pusherd/v1/sessions/end", body)) == "200");
    }

    pusherd_folder folder;
    std::string service;
    pusherd_server server;
};

struct talkative_server_of_a_bridge : server_of_a_bridge {
    talkative_server_of_a_bridge() : server_of_a_bridge({"--log-level", "debug", "--log-requests", "on"}) {}
};

/// The bridge's file, and a homeserver.
struct server_of_two {
    explicit server_of_two(bool is_file_first = true) : server(folder.data(), arguments(is_file_first)) {}

    [[nodiscard]] options arguments(bool is_file_first) const {
        const std::string file = auth_by(folder);
        const std::string asked = "homeserver:" + homeserver.url();
        return of_example_org({"--auth", is_file_first ? file : asked, "--auth", is_file_first ? asked : file});
    }
    [[nodiscard]] answer list(const std::string& token, const std::string& query = {}) const {
        return server.client(token).get(list_path + query);
    }

    pusherd_folder folder;
    stub_upstream homeserver;
    pusherd_server server;
};

struct server_that_asks_first : server_of_two {
    server_that_asks_first() : server_of_two(false) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(appservice, server_of_a_bridge)

BOOST_AUTO_TEST_CASE(it_is_its_sender_or_whom_it_names) {
    BOOST_TEST(set("", "bridge's").field("pusherd-outcome") == "created");
    BOOST_TEST(set(alice, "alice's").field("pusherd-outcome") == "created");
    BOOST_TEST(set(bob, "bob's").field("pusherd-outcome") == "created");
    BOOST_TEST(pushkeys_in(list()) == "bridge's ");
    BOOST_TEST(pushkeys_in(list("?user_id=@bridge:example.org")) == "bridge's ");
    BOOST_TEST(pushkeys_in(list(alice)) == "alice's ");
    BOOST_TEST(pushkeys_in(list(bob)) == "bob's ");
    BOOST_TEST(pushkeys_in(list("?user_id=@guest_1:example.org")) == "");
    const std::string exported = folder.print({"export"});
    for (const char* each : {"@bridge:example.org", "@_irc_alice:example.org", "@_irc_bob:example.org"})
        BOOST_TEST(exported.find(each) != std::string::npos, each << " in " << exported);
}

BOOST_AUTO_TEST_CASE(the_token_may_stand_in_the_query_as_well) {
    BOOST_TEST(set(alice, "alice's").status == 200);
    BOOST_TEST(pushkeys_in(server.client().get(list_path + alice + "&access_token=" + as_token)) == "alice's ");
}

BOOST_AUTO_TEST_CASE(pushers_belong_to_the_device_that_it_names) {
    BOOST_TEST(set(alice + "&device_id=PHONE", "phone's").status == 200);
    BOOST_TEST(set(alice + "&device_id=WEB", "web's").status == 200);
    BOOST_TEST(set(alice, "none's").status == 200);
    BOOST_TEST(set("?device_id=PHONE", "bridge's").status == 200);
    BOOST_TEST(devices_in(list(alice)) == "PHONE WEB none ");
    BOOST_TEST(devices_in(list()) == "PHONE ");
    BOOST_TEST(set(alice + "&device_id=WEB", "none's").field("pusherd-outcome") == "updated");
    BOOST_TEST(devices_in(list(alice)) == "PHONE WEB WEB ");
}

BOOST_AUTO_TEST_CASE(users_whom_it_may_not_act_as_are_refused) {
    for (const char* each :
         {"@alice:example.org", "@bridge2:example.org", "@guest_1:example.com", "@_irc_a:example.com",
          "@Bridge:example.org", "guest_1", "@guest_", "", "%ff", "@guest_%00:example.org"}) {
        const answer refused = list(std::string("?user_id=") + each);
        BOOST_TEST(verdict(refused) == "403 M_FORBIDDEN", each);
        BOOST_TEST(refused.error().find("user_id") != std::string::npos, refused.error());
        BOOST_TEST(verdict(set(std::string("?user_id=") + each, "key")) == "403 M_FORBIDDEN", each);
    }
    BOOST_TEST(verdict(list("?user_id")) == "403 M_FORBIDDEN");
    BOOST_TEST(folder.print({"export"}) == "");
    BOOST_TEST(verdict(list(alice)) == "200");
}

BOOST_AUTO_TEST_CASE(what_can_be_no_device_is_refused) {
    for (const std::string& each : {std::string(), std::string(256, 'D'), std::string("%ff"), std::string("a%00b")}) {
        const answer refused = set(alice + "&device_id=" + each, "key");
        BOOST_TEST(verdict(refused) == "400 M_UNKNOWN_DEVICE", each);
        BOOST_TEST(refused.error().find("device_id") != std::string::npos, refused.error());
    }
    BOOST_TEST(pushkeys_in(list(alice)) == "");
    BOOST_TEST(verdict(list(alice + "&device_id=" + std::string(255, 'D'))) == "200");
}

BOOST_AUTO_TEST_CASE(other_tokens_are_unknown) {
    for (const std::string& each : {std::string("hs_token_of_the_bridge"), as_token + "9", std::string("irc")})
        for (const std::string& query : {std::string(), alice})
            BOOST_TEST(verdict(list(query, each)) == "401 M_UNKNOWN_TOKEN", each);
    BOOST_TEST(verdict(list(alice, folder.issue("@alice:example.org"))) == "200");
}

BOOST_AUTO_TEST_CASE(it_is_a_plain_user) {
    http_client bridge = server.client(as_token);
    for (const std::string& query : {std::string(), alice}) {
        for (const char* path : {"/_pusherd/v1/admin/counts", "/_synapse/admin/v1/users/@a:example.org/pushers"})
            BOOST_TEST(verdict(bridge.get(path + query)) == "403 M_FORBIDDEN", path);
        BOOST_TEST(verdict(bridge.post("/_pusherd/v1/sessions/end" + query, R"({"user_id":"@guest_1:example.org"})")) ==
                   "403 M_FORBIDDEN");
    }
}

// What ends is a user's sessions. The service acts as the user without one, and goes on.
BOOST_AUTO_TEST_CASE(ends_of_sessions_take_pushers_and_leave_the_service) {
    const std::string phone = alice + "&device_id=PHONE";
    BOOST_TEST(set(phone, "phone's").status == 200);
    BOOST_TEST(set(alice + "&device_id=WEB", "web's").status == 200);
    end(R"({"user_id":"@_irc_alice:example.org","device_id":"PHONE"})");
    BOOST_TEST(pushkeys_in(list(phone)) == "web's ");
    end(R"({"user_id":"@_irc_alice:example.org"})");
    BOOST_TEST(pushkeys_in(list(alice)) == "");
    end(R"({"user_id":"@bridge:example.org","device_id":null,"access_token":")" + as_token + "\"}");
    for (const std::string& query : {phone, alice, bob, std::string()})
        BOOST_TEST(set(query, "again").status == 200, query);
}

BOOST_AUTO_TEST_CASE(names_of_parameters_are_decoded_and_the_first_of_two_counts) {
    BOOST_TEST(verdict(list("?user%5Fid=@alice:example.org")) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(list("?user_id=@alice:example.org&user_id=@guest_1:example.org")) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(list("?user_id=@guest_1:example.org&user_id=@alice:example.org")) == "200");
    BOOST_TEST(set(alice + "&device%5fid=PHONE&device_id=WEB", "key").status == 200);
    BOOST_TEST(devices_in(list(alice)) == "PHONE ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(appservice_secrecy, talkative_server_of_a_bridge)

BOOST_AUTO_TEST_CASE(its_token_is_in_no_log) {
    for (const std::string& query : {std::string(), alice, std::string("?user_id=@alice:example.org"),
                                     alice + "&device_id=", "?user_id=" + as_token}) {
        (void)list(query);
        (void)set(query, "key");
        (void)server.client().get(list_path + (query.empty() ? "?" : query + '&') + "access_token=" + as_token);
    }
    end(R"({"user_id":"@bridge:example.org","device_id":null,"access_token":")" + as_token + "\"}");
    const std::string log = server.stop().err;
    BOOST_TEST(log.find("403") != std::string::npos, log);
    for (const std::string& part : {as_token.substr(0, 12), as_token.substr(12), std::string("hs_token_of")})
        BOOST_TEST(log.find(part) == std::string::npos, part << " is in the log: " << log);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(appservice_and_homeserver, server_of_two)

BOOST_AUTO_TEST_CASE(the_homeserver_is_asked_about_other_tokens_alone) {
    homeserver.set_user("carol", "@carol:example.org", "PHONE");
    BOOST_TEST(verdict(list(as_token, alice)) == "200");
    BOOST_TEST(verdict(list(as_token, "?user_id=@carol:example.org")) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(list(as_token, "?device_id=")) == "400 M_UNKNOWN_DEVICE");
    BOOST_TEST(homeserver.request_count() == 0U);
    BOOST_TEST(verdict(list("carol")) == "200");
    BOOST_TEST(verdict(list("carol")) == "200");
    BOOST_TEST(homeserver.request_count() == 1U);
    BOOST_TEST(verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(homeserver.request_count() == 2U);
}

BOOST_AUTO_TEST_CASE(it_is_known_while_the_homeserver_is_down) {
    homeserver.stop();
    BOOST_TEST(verdict(list(as_token, alice)) == "200");
    check_unavailable(list("nobody"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(homeserver_and_appservice, server_that_asks_first)

BOOST_AUTO_TEST_CASE(the_first_that_knows_the_token_decides) {
    BOOST_TEST(verdict(list(as_token, alice)) == "200");
    BOOST_TEST(homeserver.request_count() == 1U);
    BOOST_TEST(verdict(list(as_token, alice)) == "200");
    BOOST_TEST(verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN");
    homeserver.set_user(as_token, "@carol:example.org");
    BOOST_TEST(verdict(list(as_token, "?user_id=@carol:example.org")) == "200");  // by the homeserver, who ignores it
}

BOOST_AUTO_TEST_CASE(what_the_homeserver_would_say_is_not_needed) {
    homeserver.set_fault({.kind = "http_500"});
    BOOST_TEST(verdict(list(as_token, alice)) == "200");
    check_unavailable(list("nobody"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
