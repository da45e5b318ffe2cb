// A token that is revoked between the check of a set's head and its commit: 401, and nothing is written.

#include "persistence/engine/transaction.hpp"
#include "persistence/records/keys.hpp"
#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {
namespace {

const std::string alice = "@alice:example.org";

net::server_settings one_thread() {
    auto settings = running_server::default_settings();
    settings.threads = 1;
    return settings;
}

void check_unknown_token(const answer& got) {
    BOOST_TEST(verdict(got) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(got.json().at("soft_logout").as_bool() == false);
    BOOST_TEST(got.field("pusherd-outcome") == "");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(revoked_meanwhile, running_server)

BOOST_AUTO_TEST_CASE(a_set_that_was_authenticated_before_its_token_was_revoked_writes_nothing) {
    auto other = client_of(alice);
    BOOST_TEST(other.set(pusher_body("app", "kept")).status == 200);
    for (const std::string& body : {pusher_body("app", "new"), pusher_body("app", "kept"), removal_body("app", "kept"),
                                    removal_body("app", "none")}) {
        BOOST_TEST_CONTEXT(body) {
            const std::string revoked = token(alice);
            http_connection connection(port());
            begin_set(connection, revoked, body.size());
            BOOST_TEST(persistence::revoke_token(db(), persistence::sha256(revoked)).has_value());
            connection.send(body);
            check_unknown_token(connection.read_answer());
            BOOST_TEST(pushkeys_of(other.get()) == "kept ");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_set_evicts_nobody_with_a_token_that_was_revoked_meanwhile) {
    auto bob = client_of("@bob:example.org");
    BOOST_TEST(bob.set(pusher_body("app", "key")).status == 200);
    const std::string revoked = token(alice);
    const std::string body = pusher_body("app", "key");
    http_connection connection(port());
    begin_set(connection, revoked, body.size());
    BOOST_TEST(persistence::revoke_token(db(), persistence::sha256(revoked)).has_value());
    connection.send(body);
    check_unknown_token(connection.read_answer());
    BOOST_TEST(pushkeys_of(bob.get()) == "key ");
}

// Later still: the set waits for the write lock while another writer, such as `pusherd token revoke`, has it.
BOOST_AUTO_TEST_CASE(a_token_is_looked_up_again_inside_the_transaction_of_its_set) {
    running_server server(one_thread());
    const std::string revoked = server.token(alice);
    auto other = server.client_of(alice);
    http_connection connection(server.port());
    {
        persistence::write_txn txn(server.db().env());
        connection.send(request("POST", set_path, revoked, pusher_body("app", "key")));
        // One thread: when it has answered twice behind the set, the set waits for the disk.
        for (int i = 0; i < 2; ++i) BOOST_TEST(other.get().status == 200);
        BOOST_TEST(txn.erase(server.db().all().tokens, persistence::token_key{persistence::sha256(revoked)}));
        txn.commit();
    }
    check_unknown_token(connection.read_answer());
    BOOST_TEST(pushkeys_of(other.get()) == "");
}

// What administrators remove, and what services end, is others': their tokens are looked up in its transaction as well.
BOOST_AUTO_TEST_CASE(nothing_of_others_goes_by_a_token_that_is_revoked_meanwhile) {
    running_server server(one_thread());
    auto owner = server.client_of(alice);
    BOOST_TEST(owner.set(pusher_body("app", "key")).status == 200);
    const std::string end = R"({"user_id":")" + alice + "\"}";
    for (const std::string what : {"one", "selection", "end"}) BOOST_TEST_CONTEXT(what) {
            const auto role = what == "end" ? domain::role::service : domain::role::admin;
            const std::string revoked = server.token_as(role, "@root:example.org");
            const std::string asked =
                what == "one" ? request("DELETE", "/_pusherd/v1/admin/pushers/" + alice + "/app/key", revoked)
                : what == "selection"
                    ? request("DELETE", "/_pusherd/v1/admin/pushers?app_id=app&dry_run=false", revoked)
                    : request("POST", "/_pusherd/v1/sessions/end", revoked, end);
            http_connection connection(server.port());
            {
                persistence::write_txn txn(server.db().env());
                connection.send(asked);
                for (int i = 0; i < 2; ++i) BOOST_TEST(owner.get().status == 200);
                BOOST_TEST(txn.erase(server.db().all().tokens, persistence::token_key{persistence::sha256(revoked)}));
                txn.commit();
            }
            check_unknown_token(connection.read_answer());
            BOOST_TEST(pushkeys_of(owner.get()) == "key ");
        }
}

BOOST_AUTO_TEST_CASE(a_list_whose_token_is_revoked_meanwhile_shows_nothing) {
    const std::string revoked = token(alice);
    http_connection connection(port());
    connection.send(request("GET", list_path, revoked, {}, "Expect: 100-continue\r\nContent-Length: 1\r\n"));
    BOOST_TEST(connection.read_answer().status == 100);
    BOOST_TEST(persistence::revoke_token(db(), persistence::sha256(revoked)).has_value());
    connection.send("x");
    check_unknown_token(connection.read_answer());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
