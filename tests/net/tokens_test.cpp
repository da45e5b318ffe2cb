// Contract section 3, "Tokens", over the wire.

#include "persistence/records/keys.hpp"
#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {
namespace {

const std::string alice = "@alice:example.org";

std::string list_with(const std::string& fields, const std::string& query = {}) {
    return request("GET", list_path + query, {}, {}, fields);
}

std::string authorization(const std::string& value) { return "Authorization: " + value + "\r\n"; }

net::server_settings without_query_token() {
    auto settings = running_server::default_settings();
    settings.api.query_token = false;
    return settings;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tokens_on_the_wire, running_server)

BOOST_AUTO_TEST_CASE(a_header_or_the_query_authenticates) {
    const std::string valid = token(alice);
    for (const char* scheme : {"Bearer ", "bearer ", "BEARER "})
        BOOST_TEST(verdict(ask(*this, list_with(authorization(scheme + valid)))) == "200");
    BOOST_TEST(verdict(ask(*this, list_with({}, "?access_token=" + valid))) == "200");
    BOOST_TEST(verdict(ask(*this, list_with({}, "?a=b&access_token=" + valid + "&c"))) == "200");
    const std::string body = pusher_body("org.example.app", "key");
    BOOST_TEST(verdict(ask(*this, request("POST", set_path + "?access_token=" + valid, {}, body))) == "200");
}

BOOST_AUTO_TEST_CASE(a_token_in_the_query_is_percent_decoded) {
    std::string encoded;
    for (const char c : token(alice)) {
        constexpr const char* digits = "0123456789abcdef";
        encoded += '%';
        encoded += digits[static_cast<unsigned char>(c) / 16];
        encoded += digits[static_cast<unsigned char>(c) % 16];
    }
    BOOST_TEST(verdict(ask(*this, list_with({}, "?access_token=" + encoded))) == "200");
}

BOOST_AUTO_TEST_CASE(no_token_or_no_bearer_token_is_missing) {
    const std::string valid = token(alice);
    for (const std::string& fields :
         {std::string(), authorization(""), authorization("Bearer"), authorization("Bearer "), authorization(valid),
          authorization("Basic " + valid), authorization("Bearer" + valid), authorization("Bearer " + valid + " x"),
          authorization("Bearer " + valid) + authorization("Bearer " + valid)})
        BOOST_TEST_CONTEXT(fields) BOOST_TEST(verdict(ask(*this, list_with(fields))) == "401 M_MISSING_TOKEN");
    for (const std::string& query : {std::string("?access_token="), "?access_token=" + valid + "&access_token=" + valid,
                                     "?access_token=&access_token=" + valid})
        BOOST_TEST_CONTEXT(query) BOOST_TEST(verdict(ask(*this, list_with({}, query))) == "401 M_MISSING_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_header_and_a_query_token_are_mixing) {
    const std::string valid = token(alice);
    for (const std::string& query : {"?access_token=" + valid, std::string("?access_token=")}) {
        const answer got = ask(*this, list_with(authorization("Bearer " + valid), query));
        BOOST_TEST(verdict(got) == "401 M_MISSING_TOKEN");
        BOOST_TEST(got.error() == "Mixing Authorization headers and access_token query parameters.");
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_or_revoked_token_is_401_without_soft_logout) {
    const std::string once_valid = token(alice);
    BOOST_TEST(verdict(client(once_valid).get()) == "200");
    BOOST_TEST(persistence::revoke_token(db(), persistence::sha256(once_valid)).has_value());
    for (const std::string& each : {once_valid, std::string("unknown"), std::string("Bearer")}) {
        auto nobody = client(each);
        for (const answer& got : {nobody.get(), nobody.set(pusher_body("org.example.app", "key"))}) {
            BOOST_TEST(verdict(got) == "401 M_UNKNOWN_TOKEN");
            BOOST_TEST(got.json().at("soft_logout").as_bool() == false);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_service_token_is_forbidden_on_a_users_routes) {
    const std::string service =
        persistence::issue_token(db(), {.user_id = "homeserver", .device_id = {}, .who = domain::role::service}, 0);
    auto homeserver = client(service);
    BOOST_TEST(verdict(homeserver.get()) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(homeserver.send("HEAD", list_path)) == "403");
    BOOST_TEST(verdict(homeserver.set(pusher_body("org.example.app", "key"))) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(homeserver.send("GET", list_path, "a body")) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(homeserver.get("/_matrix/client/versions")) == "200");
}

BOOST_AUTO_TEST_CASE(an_administrator_is_a_user) {
    const std::string admin =
        persistence::issue_token(db(), {.user_id = alice, .device_id = {}, .who = domain::role::admin}, 0);
    BOOST_TEST(verdict(client(admin).set(pusher_body("org.example.app", "key"))) == "200");
    BOOST_TEST(pushkeys_of(client_of(alice).get()) == "key ");
}

BOOST_AUTO_TEST_CASE(a_query_token_that_is_switched_off_is_not_looked_at) {
    running_server strict(without_query_token());
    const std::string valid = strict.token(alice);
    BOOST_TEST(verdict(ask(strict, list_with({}, "?access_token=" + valid))) == "401 M_MISSING_TOKEN");
    BOOST_TEST(verdict(ask(strict, list_with(authorization("Bearer " + valid), "?access_token=other"))) == "200");
}

BOOST_AUTO_TEST_CASE(tokens_appear_in_no_log) {
    const std::string valid = token(alice);
    auto user = client(valid);
    static_cast<void>(user.get());
    static_cast<void>(user.set("{"));
    static_cast<void>(ask(*this, list_with({}, "?access_token=" + valid + "&access_token=" + valid)));
    static_cast<void>(ask(*this, list_with({}, "?access_token=" + valid + "#")));
    for (const auto& line : log().lines()) BOOST_TEST(line.message.find(valid) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
