// SIGHUP, where somebody else knows the tokens.

#include "tests/system/auth/asking_server.hpp"

#include <signal.h>

#include <string>

namespace pusherd::testing {
namespace {

// The line, with this part in it, that tells what has come of a reload.
std::string reloaded(pusherd_server& server, const std::string& part) {
    server.process().signal(SIGHUP);
    return server.process().wait_for_line(part);
}

std::string list_in_toml(const std::string& validator) { return "auth = [\"" + validator + "\"]\n"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(reload_of_validators)

// Or the next set of an email pusher would ask nobody.
BOOST_AUTO_TEST_CASE(owned_addresses_are_refused_where_no_homeserver_can_be_asked) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    const std::string file = folder.file("pusherd.toml").string();
    write_file(file, "");
    pusherd_server server(folder.data(), {"--config", file, "--server-name", "example.org"});
    // A restart would bring the homeserver, this does not.
    write_file(file, "email-pushers = \"owned\"\n" + list_in_toml("homeserver:http://127.0.0.1:1"));
    BOOST_TEST(reloaded(server, "configuration").find("stays as it was") != std::string::npos);
    BOOST_TEST(verdict(server.client(token).set(email_body("alice@example.org"))) == "200");
}

BOOST_AUTO_TEST_CASE(another_validator_waits_for_a_restart_and_an_email_policy_does_not) {
    const pusherd_folder folder;
    stub_upstream homeserver;
    homeserver.set_user("phone", "@alice:example.org", "PHONE");
    const std::string file = folder.file("pusherd.toml").string();
    const std::string before = list_in_toml("homeserver:" + homeserver.url());
    write_file(file, before);
    pusherd_server server(folder.data(), {"--config", file, "--server-name", "example.org"});
    write_file(file, "email-pushers = \"owned\"\nauth-cache = 7\n" + list_in_toml("homeserver:http://127.0.0.1:1"));
    BOOST_TEST(reloaded(server, " again").find("changed: email-pushers") != std::string::npos);
    BOOST_TEST(server.process().wait_for_line("only a restart").find("auth, auth-cache") != std::string::npos);
    BOOST_TEST(verdict(server.client("phone").get()) == "200");
    homeserver.set_threepids("phone", {.body = R"({"threepids":[]})"});
    BOOST_TEST(verdict(server.client("phone").set(email_body("alice@example.org"))) == "400 M_THREEPID_NOT_FOUND");
}

// The homeserver does not know it: it can neither say that the address is theirs, nor log them out.
BOOST_FIXTURE_TEST_CASE(with_a_token_of_our_own_no_address_is_owned, asking_server) {
    const pusherd_folder own;
    const std::string token = own.issue("@alice:example.org");
    pusherd_server owning(own.data(), asking_homeserver(homeserver, {"--email-pushers", "owned"}));
    BOOST_TEST(verdict(owning.client(token).set(email_body("alice@example.org"))) == "400 M_THREEPID_NOT_FOUND");
    BOOST_TEST(verdict(owning.client(token).get()) == "200");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
