// The peer that other tests trust: that it answers as a homeserver and as an authentication service do, and notes what
// it was asked.

#include "tests/support/stub_upstream.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <atomic>
#include <exception>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::string whoami = "/_matrix/client/v3/account/whoami";
const std::string threepids = "/_matrix/client/v3/account/3pid";
const std::string introspect = "/oauth2/introspect";

std::string verdict(const answer& got) { return std::to_string(got.status) + ' ' + got.body; }

/// A stub that wants credentials with characters that RFC 6749, 2.3.1 has to encode.
struct stub_with_secrets {
    stub_upstream stub{{.client_id = "a:b", .client_secret = "s &%+", .bearer_secret = "shared"}};

    // As they are on the wire: base64 of "a%3Ab:s+%26%25%2B".
    const std::string basic = "Authorization: Basic YSUzQWI6cyslMjYlMjUlMkI=\r\n";
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";

    answer ask(const std::string& fields, const std::string& body = "token=t&token_type_hint=access_token") const {
        http_connection connection(stub.port());
        connection.send(request("POST", introspect, {}, body, fields));
        return connection.read_answer();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stub_upstream_answers)

BOOST_AUTO_TEST_CASE(as_a_homeserver_it_knows_the_tokens_that_it_was_told) {
    stub_upstream stub;
    stub.set_user("alice's", "@alice:example.org", "PHONE");
    stub.set_threepids("alice's", {.body = R"({"threepids":[]})"});
    http_client alice(stub.port(), "alice's");
    BOOST_TEST(verdict(alice.get(whoami)) == R"(200 {"user_id":"@alice:example.org","device_id":"PHONE"})");
    BOOST_TEST(verdict(alice.get(whoami + "?user_id=@bob:example.org")) ==
               R"(200 {"user_id":"@alice:example.org","device_id":"PHONE"})");
    BOOST_TEST(verdict(alice.get(threepids)) == R"(200 {"threepids":[]})");
    BOOST_TEST(alice.get("/_matrix/client/v3/account/whoamI").status == 404);
    BOOST_TEST(alice.send("DELETE", whoami).status == 405);

    const answer unknown = http_client(stub.port(), "nobody's").get(whoami);
    BOOST_TEST(unknown.status == 401);
    BOOST_TEST(unknown.errcode() == "M_UNKNOWN_TOKEN");
    BOOST_TEST(unknown.json().at("soft_logout").as_bool() == false);
    BOOST_TEST(http_client(stub.port()).get(whoami).errcode() == "M_MISSING_TOKEN");

    stub.forget("alice's");
    BOOST_TEST(alice.get(whoami).status == 401);
    BOOST_TEST(alice.get(threepids).status == 401);
}

BOOST_AUTO_TEST_CASE(it_answers_to_the_letter_whatever_it_was_told) {
    stub_upstream stub;
    stub.set_whoami("t", {.status = 429, .body = "no JSON", .fields = {{"Retry-After", "7"}}});
    const answer got = http_client(stub.port(), "t").get(whoami);
    BOOST_TEST(verdict(got) == "429 no JSON");
    BOOST_TEST(got.field("retry-after") == "7");
}

BOOST_AUTO_TEST_CASE(an_application_service_is_whom_it_says) {
    stub_upstream stub;
    stub.set_whoami("as", {.body = R"({"user_id":"@bridge:example.org"})", .is_of_application_service = true});
    http_client bridge(stub.port(), "as");
    BOOST_TEST(verdict(bridge.get(whoami)) == R"(200 {"user_id":"@bridge:example.org"})");
    BOOST_TEST(verdict(bridge.get(whoami + "?user_id=%40bob%3Aexample.org&device_id=D+1")) ==
               R"(200 {"user_id":"@bob:example.org","device_id":"D+1"})");
}

BOOST_AUTO_TEST_CASE(a_base_path_is_in_front_of_all_but_the_controls) {
    stub_upstream stub({.base_path = "/matrix"});
    stub.set_user("t", "@alice:example.org");
    http_client client(stub.port(), "t");
    BOOST_TEST(client.get("/matrix" + whoami).status == 200);
    BOOST_TEST(client.get(whoami).status == 404);
    BOOST_TEST(stub.url().ends_with("/matrix"));
}

BOOST_FIXTURE_TEST_CASE(as_an_authentication_service_it_demands_credentials, stub_with_secrets) {
    stub.set_introspection("t", {.body = R"({"active":true})"});
    BOOST_TEST(verdict(ask(basic + form)) == R"(200 {"active":true})");
    BOOST_TEST(verdict(ask("Authorization: Bearer shared\r\n" + form)) == R"(200 {"active":true})");
    BOOST_TEST(ask(form).status == 401);
    BOOST_TEST(ask("Authorization: Bearer other\r\n" + form).status == 401);
    // The same two, not encoded before they went into base64.
    BOOST_TEST(ask("Authorization: Basic YTpiOnMgJiUr\r\n" + form).status == 401);
    BOOST_TEST(ask("Authorization: Basic !\r\n" + form).status == 401);
    const stub_upstream open;
    http_connection anybody(open.port());
    anybody.send(request("POST", introspect, {}, "token=t", form + "Authorization: Basic Og==\r\n"));
    BOOST_TEST(anybody.read_answer().status == 401);
}

BOOST_FIXTURE_TEST_CASE(it_introspects_forms_alone_and_knows_nothing_of_other_tokens, stub_with_secrets) {
    stub.set_introspection("a+b c", {.body = R"({"active":true,"username":"alice"})"});
    stub.set_introspection("of a device", {.body = R"({"active":true})", .wants_device_id_header = true});
    BOOST_TEST(verdict(ask(basic + form, "token=a%2Bb+c")) == R"(200 {"active":true,"username":"alice"})");
    BOOST_TEST(verdict(ask(basic + form)) == R"(200 {"active":false})");
    BOOST_TEST(ask(basic, "token=a%2Bb+c").status == 400);
    BOOST_TEST(ask(basic + form, "tokens=a").status == 400);
    BOOST_TEST(verdict(ask(basic + form, "token=of+a+device")) == R"(200 {"active":false})");
    BOOST_TEST(verdict(ask(basic + form + "X-MAS-Supports-Device-Id: 1\r\n", "token=of+a+device")) ==
               R"(200 {"active":true})");
}

BOOST_FIXTURE_TEST_CASE(it_takes_notice_of_devices_and_users, stub_with_secrets) {
    http_client service(stub.port(), "shared");
    BOOST_TEST(service.post("/_synapse/mas/delete_device", R"({"localpart":"a"})").status == 204);
    BOOST_TEST(verdict(service.post("/_synapse/mas/sync_devices", "{}")) == "200 {}");
    BOOST_TEST(verdict(service.post("/_synapse/mas/delete_user", "{}")) == "200 {}");
    BOOST_TEST(http_client(stub.port(), "other").post("/_synapse/mas/delete_user", "{}").status == 403);
    const auto seen = stub.requests();
    BOOST_REQUIRE(seen.size() == 4U);
    BOOST_TEST(seen[0].target == "/_synapse/mas/delete_device");
    BOOST_TEST(seen[0].body == R"({"localpart":"a"})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stub_upstream_process)

BOOST_AUTO_TEST_CASE(it_notes_what_it_was_asked_and_over_which_connection) {
    stub_upstream stub;
    http_client first(stub.port(), "one");
    http_connection second(stub.port());
    first.get(whoami + "?user_id=x");
    second.send(request("POST", introspect, "two", "token=x", "X-Twice: 1\r\nX-Twice: 2\r\n"));
    (void)second.read_answer();
    first.get(whoami);
    const auto seen = stub.requests();
    BOOST_REQUIRE(seen.size() == 3U);
    BOOST_TEST(seen[0].method == "GET");
    BOOST_TEST(seen[0].target == whoami + "?user_id=x");
    BOOST_TEST(seen[0].field("authorization") == "Bearer one");
    BOOST_TEST(seen[1].method == "POST");
    BOOST_TEST(seen[1].body == "token=x");
    BOOST_TEST(seen[1].field("x-twice") == "several");
    BOOST_TEST(seen[1].field("absent") == "");
    BOOST_TEST(seen[0].connection == seen[2].connection);
    BOOST_TEST(seen[0].connection != seen[1].connection);
    stub.forget_requests();
    BOOST_TEST(stub.request_count() == 0U);
}

BOOST_AUTO_TEST_CASE(once_stopped_it_is_gone_and_it_comes_back_on_its_port_with_its_answers) {
    stub_upstream stub;
    stub.set_user("t", "@alice:example.org");
    stub.set_user("forgotten", "@bob:example.org");
    stub.forget("forgotten");
    stub.set_fault({.kind = "http_500"});
    http_connection kept(stub.port());
    const std::uint16_t port = stub.port();
    for (int i = 0; i < 3; ++i) {
        stub.stop();
        BOOST_CHECK_THROW(http_connection(port).send("x"), std::exception);
        stub.restart();
        BOOST_TEST(stub.port() == port);
        BOOST_TEST(http_client(port, "t").get(whoami).status == 200);
        BOOST_TEST(http_client(port, "forgotten").get(whoami).status == 401);
        BOOST_TEST(stub.request_count() == 2U);
    }
    BOOST_TEST(kept.is_closed_within(10s));
}

// A client that asks again and again sees it gone, or its answer, but never a stub that has not been told yet.
BOOST_AUTO_TEST_CASE(while_it_comes_back_nobody_is_answered_before_it_knows_what) {
    stub_upstream stub;
    for (int i = 0; i < 200; ++i) stub.set_user("other" + std::to_string(i), "@other:example.org");
    stub.set_user("t", "@alice:example.org");
    std::atomic<bool> is_over = false;
    std::atomic<unsigned> good = 0;
    std::atomic<unsigned> wrong = 0;
    std::thread client([&, port = stub.port()] {
        while (!is_over) try {
                ++(http_client(port, "t").get(whoami).status == 200 ? good : wrong);
            } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it is gone
            }
    });
    for (int i = 0; i < 3; ++i) {
        const unsigned before = good;
        stub.restart();
        BOOST_TEST(comes_true([&] { return good > before + 2; }));
    }
    is_over = true;
    client.join();
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
    const stub_upstream stub;
    ::kill(stub.pid(), SIGTERM);
    BOOST_TEST(comes_true([&] {
        try {
            http_connection(stub.port());
            return false;
        } catch (const std::exception&) {
            return true;
        }
    }));
}

BOOST_AUTO_TEST_CASE(what_it_cannot_understand_it_refuses) {
    stub_upstream stub;
    BOOST_CHECK_THROW(stub.set_fault({.kind = "nonsense"}), std::runtime_error);
    http_client client(stub.port());
    BOOST_TEST(client.send("PUT", "/_stub/answer", "{}").status == 400);
    BOOST_TEST(client.send("PUT", "/_stub/fault", "no JSON").status == 400);
    BOOST_TEST(client.get("/_stub/nonsense").status == 404);
    BOOST_TEST(stub.request_count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
