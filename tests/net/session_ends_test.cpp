// POST /_pusherd/v1/sessions/end, over the wire: what a homeserver tells of sessions that have ended.

#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {
namespace {

const std::string path = "/_pusherd/v1/sessions/end";
const std::string alice = "@alice:example.org";

struct server_with_sessions : running_server {
    http_client homeserver = client_as(domain::role::service, "homeserver");
    std::string phone_token = token(alice, "PHONE");
    std::string again_token = token(alice, "PHONE");
    std::string web_token = token(alice, "WEB");
    std::string nowhere_token = token(alice);
    http_client bob = client_of("@bob:example.org");

    server_with_sessions() {
        BOOST_TEST(client(phone_token).set(pusher_body("app", "phone")).status == 200);
        BOOST_TEST(client(web_token).set(pusher_body("app", "web")).status == 200);
        BOOST_TEST(client(nowhere_token).set(pusher_body("app", "nowhere")).status == 200);
        BOOST_TEST(client(phone_token)
                       .set(R"({"kind":"email","app_id":"m.email","pushkey":"a@b","app_display_name":"A",)"
                            R"("device_display_name":"D","lang":"en","data":{}})")
                       .status == 200);
        BOOST_TEST(bob.set(pusher_body("app", "bob's")).status == 200);
    }

    std::string end(const std::string& body) {
        const answer got = homeserver.post(path, body);
        return got.status == 200 ? got.body : verdict(got);
    }

    std::string left() { return pushkeys_of(client_of(alice).get()); }
    bool is_valid(const std::string& token) { return client(token).get().status == 200; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sessions_that_have_ended, server_with_sessions)

BOOST_AUTO_TEST_CASE(a_device_loses_its_tokens_and_its_http_pushers) {
    BOOST_TEST(end(R"({"user_id":"@alice:example.org","device_id":"PHONE"})") == R"({"tokens":2,"pushers":1})");
    BOOST_TEST(left() == "web nowhere a@b ");
    BOOST_TEST(!is_valid(phone_token));
    BOOST_TEST(!is_valid(again_token));
    BOOST_TEST(is_valid(web_token));
    BOOST_TEST(end(R"({"user_id":"@alice:example.org","device_id":"PHONE"})") == R"({"tokens":0,"pushers":0})");
    BOOST_TEST(pushkeys_of(bob.get()) == "bob's ");
}

BOOST_AUTO_TEST_CASE(without_a_device_all_of_the_users_end) {
    BOOST_TEST(end(R"({"user_id":"@alice:example.org"})") == R"({"tokens":4,"pushers":3})");
    BOOST_TEST(left() == "a@b ");
    for (const std::string& each : {phone_token, web_token, nowhere_token}) BOOST_TEST(!is_valid(each));
    BOOST_TEST(pushkeys_of(bob.get()) == "bob's ");
}

BOOST_AUTO_TEST_CASE(a_token_ends_alone_and_a_device_with_its_last_one) {
    const auto body = [](const std::string& token) {
        return R"({"user_id":"@alice:example.org","device_id":null,"access_token":")" + token + "\"}";
    };
    BOOST_TEST(end(body(phone_token)) == R"({"tokens":1,"pushers":0})");
    BOOST_TEST(left() == "phone web nowhere a@b ");
    BOOST_TEST(end(body(again_token)) == R"({"tokens":1,"pushers":1})");
    BOOST_TEST(left() == "web nowhere a@b ");
    BOOST_TEST(end(body(nowhere_token)) == R"({"tokens":1,"pushers":0})");
    BOOST_TEST(end(body("unknown")) == R"({"tokens":0,"pushers":0})");
    // Nobody's token ends under another's name.
    BOOST_TEST(end(R"({"user_id":"@bob:example.org","access_token":")" + web_token + "\"}") ==
               R"({"tokens":0,"pushers":0})");
    BOOST_TEST(is_valid(web_token));
}

BOOST_AUTO_TEST_CASE(it_is_one_transaction) {
    const auto last = persistence::snapshot_reader(db().env())([](const auto& txn) { return txn.id(); });
    BOOST_TEST(end(R"({"user_id":"@alice:example.org","device_id":"PHONE"})") == R"({"tokens":2,"pushers":1})");
    BOOST_TEST(end(R"({"user_id":"@alice:example.org","device_id":"PHONE"})") == R"({"tokens":0,"pushers":0})");
    BOOST_TEST(persistence::snapshot_reader(db().env())([](const auto& txn) { return txn.id(); }) == last + 1);
}

BOOST_AUTO_TEST_CASE(a_service_alone_may_tell) {
    const std::string body = R"({"user_id":"@alice:example.org"})";
    BOOST_TEST(verdict(client(web_token).post(path, body)) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(client_as(domain::role::admin, "@root:example.org").post(path, body)) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(client("unknown").post(path, body)) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(client().post(path, body)) == "401 M_MISSING_TOKEN");
    BOOST_TEST(is_valid(web_token));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_none_ends_nothing) {
    BOOST_TEST(end("") == "400 M_NOT_JSON");
    BOOST_TEST(end("[]") == "400 M_BAD_JSON");
    BOOST_TEST(end("{}") == "400 M_MISSING_PARAM");
    BOOST_TEST(end(R"({"user_id":"@alice:example.org","device_id":null})") == "400 M_INVALID_PARAM");
    BOOST_TEST(end(R"({"user_id":"alice"})") == "400 M_INVALID_PARAM");
    BOOST_TEST(left() == "phone web nowhere a@b ");
    BOOST_TEST(verdict(homeserver.get(path)) == "405 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
