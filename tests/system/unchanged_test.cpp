// The commonest request of all: an app registers again what is registered already.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::testing {

BOOST_AUTO_TEST_SUITE(unchanged)

BOOST_AUTO_TEST_CASE(a_set_of_what_is_stored_already_writes_nothing) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0"});
    http_client alice = server.client(folder.issue("@alice:example.org", "PHONE"));
    const std::string body = pusher_body("org.example.app", "key");
    BOOST_TEST(alice.set(body).field("pusherd-outcome") == "created");
    const auto before = folder.stat("last_transaction");
    for (int i = 0; i < 20; ++i) {
        const answer got = alice.set(body);
        BOOST_TEST(got.status == 200);
        BOOST_TEST(got.body == "{}");
        BOOST_TEST(got.field("pusherd-outcome") == "unchanged");
    }
    BOOST_TEST(folder.stat("last_transaction") == before);
}

BOOST_AUTO_TEST_CASE(a_delete_of_what_is_not_there_writes_nothing) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org"));
    const auto before = folder.stat("last_transaction");
    BOOST_TEST(alice.set(removal_body("org.example.app", "key")).field("pusherd-outcome") == "absent");
    BOOST_TEST(folder.stat("last_transaction") == before);
}

BOOST_AUTO_TEST_CASE(a_set_that_does_change_something_is_one_transaction) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org"));
    http_client bob = server.client(folder.issue("@bob:example.org"));
    const auto before = folder.stat("last_transaction");
    BOOST_TEST(alice.set(pusher_body("org.example.app", "key")).field("pusherd-outcome") == "created");
    BOOST_TEST(folder.stat("last_transaction") == before + 1);
    BOOST_TEST(bob.set(pusher_body("org.example.app", "key")).field("pusherd-outcome") == "created");  // evicts
    BOOST_TEST(folder.stat("last_transaction") == before + 2);
    BOOST_TEST(alice.get().body == R"({"pushers":[]})");
}

BOOST_AUTO_TEST_CASE(refused_sets_write_nothing) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org"));
    const auto before = folder.stat("last_transaction");
    BOOST_TEST(alice.set("{").status == 400);
    BOOST_TEST(alice.set("{}").status == 400);
    BOOST_TEST(server.client("unknown").set(pusher_body("org.example.app", "key")).status == 401);
    BOOST_TEST(folder.stat("last_transaction") == before);
}

BOOST_AUTO_TEST_CASE(what_is_answered_is_there_after_a_restart_in_its_order) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    std::string before;
    {
        pusherd_server server(folder.data());
        http_client alice = server.client(token);
        for (const char* key : {"c", "a", "b"})
            BOOST_TEST(alice.set(pusher_body("org.example.app", key)).status == 200);
        BOOST_TEST(alice.set(pusher_body("org.example.app", "c", "de")).field("pusherd-outcome") == "updated");
        before = alice.get().body;
        BOOST_TEST(server.stop().status == 0);
    }
    pusherd_server server(folder.data());
    http_client alice = server.client(token);
    BOOST_TEST(alice.get().body == before);
    BOOST_TEST(pushkeys_in(alice.get()) == "c a b ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
