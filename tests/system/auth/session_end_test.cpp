// POST /_pusherd/v1/sessions/end, of tokens that a homeserver has validated: whoever is told of an end is obeyed, even
// by answers that were asked for before it.

#include "tests/system/auth/asking_server.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::string end_of_phone = R"({"user_id":"@alice:example.org","device_id":"PHONE"})";
const std::string end_of_alice = R"({"user_id":"@alice:example.org"})";

std::string end_of_token(const std::string& token) {
    return R"({"user_id":"@alice:example.org","device_id":null,"access_token":")" + token + "\"}";
}

/// Alice has two devices, one of them with two tokens, and one token without a device; all have been validated.
struct server_with_alice : asking_server {
    explicit server_with_alice(const options& more = {"--auth-timeout", "600"}) : asking_server(more) {
        homeserver.set_user("phone", "@alice:example.org", "PHONE");
        homeserver.set_user("phone_too", "@alice:example.org", "PHONE");
        homeserver.set_user("web", "@alice:example.org", "WEB");
        homeserver.set_user("nowhere", "@alice:example.org");
        homeserver.set_user("bob", "@bob:example.org", "PHONE");
        for (const char* each : {"phone", "phone_too", "web", "nowhere", "bob"})
            BOOST_TEST(verdict(list(each)) == "200", each);
    }

    /// The end was taken notice of.
    void end(const std::string& body) const { BOOST_TEST(verdict(end_sessions(body)) == "200"); }

    /// Whether each of these is refused as unknown, and each of the others is good.
    void check_refused_are(const std::string& tokens) const {
        for (const std::string token : {"phone", "phone_too", "web", "nowhere", "bob"}) {
            const bool is_refused = (" " + tokens + " ").find(" " + token + " ") != std::string::npos;
            BOOST_TEST(verdict(list(token)) == (is_refused ? "401 M_UNKNOWN_TOKEN" : "200"), token);
        }
    }
};

struct forgetful_server_with_alice : server_with_alice {
    forgetful_server_with_alice() : server_with_alice({"--auth-cache", "1", "--auth-stale", "300"}) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(external_sessions_that_have_ended, server_with_alice)

BOOST_AUTO_TEST_CASE(the_tokens_of_a_device_are_refused_whatever_the_homeserver_says) {
    end(end_of_phone);
    check_refused_are("phone phone_too");
    BOOST_TEST(list("phone").json().at("soft_logout").as_bool() == false);
    BOOST_TEST(verdict(as("phone").set(pusher_body(app, "key"))) == "401 M_UNKNOWN_TOKEN");
    homeserver.set_fault({.kind = "http_500"});
    check_refused_are("phone phone_too");
    homeserver.stop();
    check_refused_are("phone phone_too");
}

BOOST_AUTO_TEST_CASE(without_a_device_all_of_the_users_are) {
    end(end_of_alice);
    check_refused_are("phone phone_too web nowhere");
}

BOOST_AUTO_TEST_CASE(a_token_without_a_device_ends_alone) {
    end(end_of_token("nowhere"));
    check_refused_are("nowhere");
    end(end_of_token("phone"));
    check_refused_are("nowhere phone");
}

BOOST_AUTO_TEST_CASE(a_token_that_nobody_has_asked_about_ends_as_well) {
    homeserver.set_user("unseen", "@alice:example.org");
    end(end_of_token("unseen"));
    BOOST_TEST(verdict(list("unseen")) == "401 M_UNKNOWN_TOKEN");
    check_refused_are("");
}

BOOST_AUTO_TEST_CASE(a_new_session_of_the_same_device_is_good) {
    end(end_of_phone);
    homeserver.set_user("phone_again", "@alice:example.org", "PHONE");
    BOOST_TEST(verdict(list("phone_again")) == "200");
    end(end_of_alice);
    homeserver.set_user("alice_again", "@alice:example.org", "TABLET");
    BOOST_TEST(verdict(list("alice_again")) == "200");
    BOOST_TEST(verdict(list("phone_again")) == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(the_devices_http_pushers_go_and_email_stays) {
    BOOST_TEST(as("phone").set(pusher_body(app, "phone's")).status == 200);
    BOOST_TEST(as("phone").set(email_body("alice@example.org")).status == 200);
    BOOST_TEST(as("web").set(pusher_body(app, "web's")).status == 200);
    BOOST_TEST(as("bob").set(pusher_body(app, "bob's")).status == 200);
    const answer ended = end_sessions(end_of_phone);
    BOOST_TEST(ended.json().at("pushers").to_number<int>() == 1);
    BOOST_TEST(pushkeys_in(list("web")) == "alice@example.org web's ");
    BOOST_TEST(pushkeys_in(list("bob")) == "bob's ");
    end(end_of_alice);
    homeserver.set_user("alice_again", "@alice:example.org", "TABLET");
    BOOST_TEST(pushkeys_in(list("alice_again")) == "alice@example.org ");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

// Its token was good when its head came, and is not when it is to be written.
BOOST_AUTO_TEST_CASE(a_set_under_way_writes_nothing_any_more) {
    const std::string whole =
        request("POST", set_path, "phone", pusher_body(app, "under-way"), "Expect: 100-continue\r\n");
    const std::size_t body = whole.find("\r\n\r\n") + 4;
    http_connection phone(server.port());
    phone.send(whole.substr(0, body));
    BOOST_TEST(phone.read_answer(true).status == 100);
    end(end_of_phone);
    phone.send(whole.substr(body));
    BOOST_TEST(verdict(phone.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(pushkeys_in(list("web")) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(external_sessions_that_end_under_way, server_with_alice)

BOOST_AUTO_TEST_CASE(an_answer_to_an_earlier_question_is_discarded) {
    homeserver.set_user("phone_new", "@alice:example.org", "PHONE");
    homeserver.set_user("web_new", "@alice:example.org", "WEB");
    homeserver.set_fault({.kind = "held"});
    homeserver.forget_requests();
    http_connection phone = listing("phone_new");
    http_connection phone_too = listing("phone_new");
    http_connection web = listing("web_new");
    (void)homeserver.wait_for_requests(2);
    end(end_of_phone);
    homeserver.release();
    BOOST_TEST(verdict(phone.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(phone_too.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(web.read_answer()) == "200");
}

BOOST_AUTO_TEST_CASE(so_it_is_when_all_of_the_users_end) {
    homeserver.set_user("phone_new", "@alice:example.org", "PHONE");
    homeserver.set_user("bob_new", "@bob:example.org", "PHONE");
    homeserver.set_fault({.kind = "held"});
    homeserver.forget_requests();
    http_connection alice = listing("phone_new");
    http_connection bob = listing("bob_new");
    (void)homeserver.wait_for_requests(2);
    end(end_of_alice);
    homeserver.release();
    BOOST_TEST(verdict(alice.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(bob.read_answer()) == "200");
}

BOOST_AUTO_TEST_CASE(so_it_is_when_that_token_ends) {
    homeserver.set_user("new", "@alice:example.org");
    homeserver.set_user("other", "@alice:example.org");
    homeserver.set_fault({.kind = "held"});
    homeserver.forget_requests();
    http_connection ended = listing("new");
    http_connection other = listing("other");
    (void)homeserver.wait_for_requests(2);
    end(end_of_token("new"));
    homeserver.release();
    BOOST_TEST(verdict(ended.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(other.read_answer()) == "200");
}

// The set has come whole, and waits for its token.
BOOST_AUTO_TEST_CASE(a_set_that_waits_for_its_token_writes_nothing) {
    homeserver.set_user("phone_new", "@alice:example.org", "PHONE");
    homeserver.set_fault({.kind = "held"});
    homeserver.forget_requests();
    http_connection phone(server.port());
    phone.send(request("POST", set_path, "phone_new", pusher_body(app, "waiting")));
    (void)homeserver.wait_for_requests(1);
    end(end_of_phone);
    homeserver.release();
    BOOST_TEST(verdict(phone.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(pushkeys_in(list("web")) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(external_sessions_after_the_end, forgetful_server_with_alice)

// Neither when the answer would be asked for again, nor while nobody can be asked.
BOOST_AUTO_TEST_CASE(what_could_have_been_remembered_stays_refused) {
    end(end_of_phone);
    homeserver.set_fault({.kind = "http_500"});
    homeserver.forget_requests();
    BOOST_TEST(comes_true([&] {
        BOOST_TEST(verdict(list("phone")) == "401 M_UNKNOWN_TOKEN");
        BOOST_TEST(verdict(list("web")) == "200");  // which is asked about again and again
        return homeserver.request_count() >= 3;
    }));
    homeserver.release();
    homeserver.forget_requests();
    BOOST_TEST(comes_true([&] {
        BOOST_TEST(verdict(list("phone")) == "401 M_UNKNOWN_TOKEN");
        BOOST_TEST(verdict(list("web")) == "200");
        return homeserver.request_count() >= 2;
    }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
