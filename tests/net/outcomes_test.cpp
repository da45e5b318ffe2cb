// What a set did, as Pusherd-Outcome says it, and one pusher too many.

#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {
namespace {

std::string outcome(const answer& got) { return std::to_string(got.status) + ' ' + got.field("pusherd-outcome"); }

net::server_settings two_pushers() {
    auto settings = running_server::default_settings();
    settings.api.user_limits.pushers = 2;
    settings.api.info_uri = "https://example.org/help";
    return settings;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outcomes, running_server)

BOOST_AUTO_TEST_CASE(each_of_the_five_outcomes_is_said) {
    auto alice = client_of("@alice:example.org");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "key"))) == "200 created");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "key"))) == "200 unchanged");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "key", "de"))) == "200 updated");
    BOOST_TEST(outcome(alice.set(removal_body("app", "key"))) == "200 deleted");
    BOOST_TEST(outcome(alice.set(removal_body("app", "key"))) == "200 absent");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "key"))) == "200 created");
    BOOST_TEST(outcome(alice.set(R"({"kind":"","app_id":"app","pushkey":"key"})")) == "200 deleted");
}

BOOST_AUTO_TEST_CASE(every_200_to_a_set_is_an_empty_object_and_exposes_the_outcome) {
    auto alice = client_of("@alice:example.org");
    for (const std::string& body : {pusher_body("app", "key"), pusher_body("app", "key"), removal_body("app", "key"),
                                    removal_body("app", "key")}) {
        const answer got = alice.set(body);
        BOOST_TEST(got.body == "{}");
        BOOST_TEST(got.field("access-control-expose-headers") == "Pusherd-Outcome, Retry-After");
    }
    BOOST_TEST(alice.set("{}").field("pusherd-outcome") == "");
    BOOST_TEST(alice.get().field("pusherd-outcome") == "");
}

BOOST_AUTO_TEST_CASE(a_set_that_evicts_or_moves_to_another_device_is_updated) {
    auto alice = client_of("@alice:example.org");
    auto bob = client_of("@bob:example.org");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "key"))) == "200 created");
    BOOST_TEST(outcome(bob.set(pusher_body("app", "key", "en", true))) == "200 created");
    BOOST_TEST(pushkeys_of(alice.get()) == "key ");
    BOOST_TEST(outcome(bob.set(pusher_body("app", "key", "en", false))) == "200 updated");
    BOOST_TEST(pushkeys_of(alice.get()) == "");
    auto device = client(token("@bob:example.org", "DEVICE"));
    BOOST_TEST(outcome(device.set(pusher_body("app", "key"))) == "200 updated");
    BOOST_TEST(outcome(device.set(pusher_body("app", "key"))) == "200 unchanged");
}

BOOST_AUTO_TEST_CASE(one_pusher_too_many_is_refused_with_info_uri_and_evicts_nobody) {
    running_server server(two_pushers());
    auto alice = server.client_of("@alice:example.org");
    auto bob = server.client_of("@bob:example.org");
    BOOST_TEST(bob.set(pusher_body("app", "third")).status == 200);
    BOOST_TEST(alice.set(pusher_body("app", "first")).status == 200);
    BOOST_TEST(alice.set(pusher_body("app", "second")).status == 200);
    const answer got = alice.set(pusher_body("app", "third"));
    BOOST_TEST(verdict(got) == "400 M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(got.json().at("info_uri").as_string() == "https://example.org/help");
    BOOST_TEST(pushkeys_of(alice.get()) == "first second ");
    BOOST_TEST(pushkeys_of(bob.get()) == "third ");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "first", "de"))) == "200 updated");
    BOOST_TEST(outcome(alice.set(removal_body("app", "second"))) == "200 deleted");
    BOOST_TEST(outcome(alice.set(pusher_body("app", "third"))) == "200 created");
}

BOOST_AUTO_TEST_CASE(a_hundred_pushers_and_the_page_on_push_are_the_defaults) {
    auto alice = client_of("@alice:example.org");
    for (int i = 0; i < 100; ++i) BOOST_TEST(alice.set(pusher_body("app", std::to_string(i))).status == 200);
    const answer got = alice.set(pusher_body("app", "100"));
    BOOST_TEST(verdict(got) == "400 M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(got.json().at("info_uri").as_string().starts_with("https://spec.matrix.org/"));
    BOOST_TEST(alice.get().json().at("pushers").as_array().size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
