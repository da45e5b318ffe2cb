// DELETE of a user's own pusher, over the wire.

#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {
namespace {

const std::string path = "/_matrix/client/unstable/pusherd/pushers/";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deleting_a_pusher, running_server)

BOOST_AUTO_TEST_CASE(ones_own_goes_and_nobody_elses) {
    auto alice = client_of("@alice:example.org");
    auto bob = client_of("@bob:example.org");
    BOOST_TEST(alice.set(pusher_body("org.example.app", "key")).status == 200);
    BOOST_TEST(bob.set(pusher_body("org.example.app", "key", "en", true)).status == 200);
    const answer gone = alice.send("DELETE", path + "org.example.app/key");
    BOOST_TEST(gone.status == 200);
    BOOST_TEST(gone.body == "{}");
    BOOST_TEST(gone.field("pusherd-outcome") == "deleted");
    BOOST_TEST(alice.send("DELETE", path + "org.example.app/key").field("pusherd-outcome") == "absent");
    BOOST_TEST(pushkeys_of(alice.get()) == "");
    BOOST_TEST(pushkeys_of(bob.get()) == "key ");
}

// A UnifiedPush key is a URL, a key of APNs is base64.
BOOST_AUTO_TEST_CASE(a_pushkey_is_decoded_once_and_may_have_slashes_as_they_are) {
    auto alice = client_of("@alice:example.org");
    const std::string url = "https://up.example.org/push?token=a%2Fb+c&d=1";
    const std::string base64 = "a/b+c==";
    for (const std::string& key : {url, base64}) BOOST_TEST(alice.set(pusher_body("app", key)).status == 200);
    BOOST_TEST(alice.send("DELETE", path + "app/https%3A%2F%2Fup.example.org%2Fpush%3Ftoken%3Da%252Fb%2Bc%26d%3D1")
                   .field("pusherd-outcome") == "deleted");
    BOOST_TEST(alice.send("DELETE", path + "app/a/b+c==").field("pusherd-outcome") == "deleted");
    BOOST_TEST(pushkeys_of(alice.get()) == "");
}

BOOST_AUTO_TEST_CASE(what_can_be_no_key_is_refused) {
    auto alice = client_of("@alice:example.org");
    for (const std::string& key : {"app/" + std::string(513, 'k'), std::string("app/%00"), std::string("app/%ff"),
                                   std::string(65, 'a') + "/key", std::string("%ff/key")})
        BOOST_TEST(verdict(alice.send("DELETE", path + key)) == "400 M_INVALID_PARAM");
    for (const char* key : {"", "app", "app/", "/key"})
        BOOST_TEST(verdict(alice.send("DELETE", path + key)) == "404 M_UNRECOGNIZED");
    for (const char* method : {"GET", "POST", "PUT"}) {
        const answer got = alice.send(method, path + "app/key");
        BOOST_TEST(verdict(got) == "405 M_UNRECOGNIZED");
        BOOST_TEST(got.field("allow") == "DELETE, OPTIONS");
    }
}

BOOST_AUTO_TEST_CASE(it_wants_a_users_token_and_counts_as_a_set) {
    auto settings = default_settings();
    settings.api.set_rate = 0.01;
    settings.api.set_burst = 2;
    running_server limited(settings);
    auto alice = limited.client_of("@alice:example.org");
    BOOST_TEST(alice.send("DELETE", path + "app/key").status == 200);
    BOOST_TEST(alice.set(pusher_body("app", "key")).status == 200);
    BOOST_TEST(verdict(alice.send("DELETE", path + "app/key")) == "429 M_LIMIT_EXCEEDED");
    BOOST_TEST(verdict(client("unknown").send("DELETE", path + "app/key")) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(client_as(domain::role::service, "hs").send("DELETE", path + "app/key")) == "403 M_FORBIDDEN");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
