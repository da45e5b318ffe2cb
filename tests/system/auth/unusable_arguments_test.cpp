// What cannot be asked is said at the start: exit status 2, one line, and nothing is done.

#include "tests/support/temporary_folder.hpp"
#include "tests/system/auth/asking_server.hpp"

#include <signal.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string endpoint = "introspection:http://127.0.0.1:1/oauth2/introspect";

// Arguments that are taken must not keep the test waiting.
void stop_if_it_serves(pusherd_process& process) {
    try {
        (void)process.wait_for_line("listening on ");
        process.signal(SIGTERM);
    } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): it has ended
    }
}

void check_unusable(const std::vector<std::string>& given) {
    const temporary_folder folder;
    write_file(folder.path() / "secret", "s");
    std::vector<std::string> all{"serve", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), given.begin(), given.end());
    std::string shown;
    for (const std::string& each : given) (shown += ' ') += each;
    BOOST_TEST_CONTEXT("pusherd serve" << shown) {
        pusherd_process process({.arguments = all, .working_folder = folder.path()});
        stop_if_it_serves(process);
        const process_end& end = process.wait();
        BOOST_TEST(end.is_refusal(2), "exit status " << end.status << ": " << end.out << end.err);
        BOOST_TEST(contents_of(folder.path()).size() == 1U);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unusable_auth_arguments)

BOOST_AUTO_TEST_CASE(a_validator_must_be_one) {
    for (const std::string each :
         {"nonsense", "", "tokens:", "tokens:x", "homeserver", "homeserver:", "homeserver:nonsense",
          "homeserver:ftp://127.0.0.1", "homeserver:http://", "homeserver:http://127.0.0.1:0",
          "homeserver:http://127.0.0.1:65536", "homeserver:127.0.0.1:8008", "http://127.0.0.1:8008"})
        check_unusable({"--server-name", "example.org", "--auth=" + each});
    for (const std::string each : {"introspection", "introspection:", "introspection:nonsense"})
        check_unusable({"--server-name", "example.org", "--auth-secret-file", "secret", "--auth=" + each});
}

BOOST_AUTO_TEST_CASE(introspection_wants_a_secret_and_a_server_name) {
    check_unusable({"--server-name", "example.org", "--auth", endpoint});
    check_unusable({"--server-name", "example.org", "--auth", endpoint, "--auth-client-id", "pusherd"});
    check_unusable({"--auth", endpoint, "--auth-secret-file", "secret"});
}

BOOST_AUTO_TEST_CASE(times_are_whole_seconds) {
    for (const std::string option : {"--auth-cache", "--auth-stale", "--auth-timeout"})
        for (const std::string value : {"x", "", "-1", "1.5"})
            check_unusable(
                {"--server-name", "example.org", "--auth", "homeserver:http://127.0.0.1:1", option + "=" + value});
}

BOOST_AUTO_TEST_CASE(mas_calls_want_a_secret_and_a_server_name) {
    check_unusable({"--mas-secret-file", "secret"});
    check_unusable({"--server-name", "example.org", "--mas-secret-file="});
    check_unusable({"--server-name", "example.org", "--mas-upstream", "http://127.0.0.1:1"});
    for (const std::string each : {"", "nonsense", "127.0.0.1:1", "ftp://127.0.0.1", "http://127.0.0.1:0"})
        check_unusable({"--server-name", "example.org", "--mas-secret-file", "secret", "--mas-upstream=" + each});
}

BOOST_AUTO_TEST_CASE(a_secret_that_mas_cannot_show_is_told_before_anything_is_done) {
    const temporary_folder folder;
    for (const std::string content : {"", "\nsecret", "two words\n", "\x01"}) {
        write_file(folder.path() / "secret", content);
        pusherd_process process({.arguments = {"serve", "--listen", "127.0.0.1:0", "--server-name", "example.org",
                                               "--mas-secret-file", "secret"},
                                 .working_folder = folder.path()});
        stop_if_it_serves(process);
        BOOST_TEST(process.wait().is_refusal(1));
        BOOST_TEST(contents_of(folder.path()).size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_server_name_that_is_recorded_is_enough_for_mas) {
    const pusherd_folder folder;
    const std::string alice = folder.print({"token", "issue", "@alice:example.org", "--server-name", "example.org"});
    write_file(folder.file("secret"), "s\r\n");
    pusherd_server server(folder.data(), {"--mas-secret-file", folder.file("secret").string()});
    BOOST_TEST(server.client("s").post("/_synapse/mas/delete_user", R"({"localpart":"alice"})").status == 200);
    BOOST_TEST(verdict(server.client(alice.substr(0, alice.size() - 1)).get()) == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_server_name_that_is_recorded_is_enough) {
    const pusherd_folder folder;
    folder.print({"token", "issue", "@alice:example.org", "--server-name", "example.org"});
    stub_upstream service({.bearer_secret = "s"});
    service.set_introspection("bob", active("bob", scope_of_clients));
    write_file(folder.file("secret"), "s");
    pusherd_server server(folder.data(), {"--auth", "introspection:" + service.introspection_url(),
                                          "--auth-secret-file", folder.file("secret").string()});
    BOOST_TEST(verdict(server.client("bob").get()) == "200");
    BOOST_TEST(server.client("bob").set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(folder.print({"export"}).find("@bob:example.org") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
