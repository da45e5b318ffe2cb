// The gateway policy of a real server: what is refused at registration, and what becomes of pushers that are there when
// it changes.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <cstddef>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

const std::string app = "org.example.app";

std::string body_to(const std::string& host, const std::string& pushkey) {
    const std::string usual = "push.example.org";
    std::string body = pusher_body(app, pushkey);
    return body.replace(body.find(usual), usual.size(), host);
}

const std::string email_body =
    R"({"kind":"email","app_id":"m.email","pushkey":"alice@example.org","app_display_name":"App",)"
    R"("device_display_name":"alice@example.org","lang":"en","data":{}})";

const std::string email_removal = R"({"kind":null,"app_id":"m.email","pushkey":"alice@example.org"})";

/// A server with a configuration file, and its one user.
class configured_server {
public:
    explicit configured_server(const std::string& toml)
        : server_(folder_.data(), {"--config", file(toml)}),
          alice_(server_.client(folder_.issue("@alice:example.org"))) {}

    /// Changes the file, sends SIGHUP, and waits for the line that tells what has come of it.
    void reload(const std::string& toml, const std::string& changed) {
        (void)file(toml);
        server_.process().signal(SIGHUP);
        const std::string told = server_.process().wait_for_line("configuration.toml again", ++reloads_);
        BOOST_TEST(told.ends_with("changed: " + changed), told);
    }

    /// Asks until the answer has this status: a change is on its way to each thread.
    answer set_until(int status, const std::string& body) {
        answer got = alice_.set(body);
        for (int tries = 0; got.status != status && tries < 10'000; ++tries) {
            std::this_thread::yield();
            got = alice_.set(body);
        }
        BOOST_TEST(got.status == status, got.body);
        return got;
    }

    [[nodiscard]] http_client& alice() noexcept { return alice_; }
    [[nodiscard]] const pusherd_folder& folder() const noexcept { return folder_; }

private:
    std::string file(const std::string& toml) const {
        write_file(folder_.file("configuration.toml"), "set-rate = 0\n" + toml);
        return folder_.file("configuration.toml").string();
    }

    pusherd_folder folder_;
    pusherd_server server_;
    http_client alice_;
    std::size_t reloads_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_policy)

BOOST_AUTO_TEST_CASE(a_private_gateway_is_refused_with_a_text_that_tells_the_way_out) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    {
        pusherd_server server(folder.data());
        const answer refused = server.client(token).set(body_to("10.0.0.7:8448", "key"));
        BOOST_TEST(refused.status == 400);
        BOOST_TEST(refused.errcode() == "M_INVALID_PARAM");
        BOOST_TEST(refused.error() ==
                   "'data.url' points to 10.0.0.7, in the forbidden range 10.0.0.0/8 (the server's option "
                   "--gateway-allow-range 10.0.0.0/8 allows it)");
        BOOST_TEST(server.client(token).get().body == R"({"pushers":[]})");
    }
    pusherd_server server(folder.data(), {"--gateway-allow-range", "10.0.0.0/8"});
    BOOST_TEST(server.client(token).set(body_to("10.0.0.7:8448", "key")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_reload_changes_the_policy_for_open_connections) {
    configured_server server("");
    (void)server.set_until(400, body_to("127.0.0.1", "local"));
    server.reload("gateway-allow-range = \"127.0.0.1\"\n", "gateway-allow-range");
    (void)server.set_until(200, body_to("127.1", "local"));
    server.reload(
        "gateway-allow-range = \"127.0.0.1\"\ngateway-deny = [\"*.example.org\"]\nemail-pushers = \"refuse\"\n",
        "gateway-deny, email-pushers");
    BOOST_TEST(server.set_until(400, body_to("push.example.org", "key")).error().find("--gateway-deny") !=
               std::string::npos);
    BOOST_TEST(server.alice().set(email_body).error().find("--email-pushers") != std::string::npos);
    server.reload("gateway-hosts = [\"push.example.org\"]\n",
                  "gateway-hosts, gateway-deny, gateway-allow-range, email-pushers");
    (void)server.set_until(200, body_to("push.example.org", "key"));
    BOOST_TEST(server.alice().set(body_to("127.0.0.1", "local")).error().find("--gateway-hosts") != std::string::npos);
    BOOST_TEST(server.alice().set(email_body).status == 200);
}

BOOST_AUTO_TEST_CASE(a_file_with_a_bad_rule_leaves_the_policy_as_it_was) {
    const pusherd_folder folder;
    const std::string file = folder.file("configuration.toml").string();
    write_file(file, "gateway-hosts = \"push.example.org\"\n");
    pusherd_server server(folder.data(), {"--config", file});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    std::size_t reloads = 0;
    for (const char* bad :
         {"gateway-hosts = []\n", "gateway-hosts = [\"*\", \"10.0.0.7/8\"]\n", "gateway-deny = \",\"\n"}) {
        write_file(file, bad);
        server.process().signal(SIGHUP);
        (void)server.process().wait_for_line("the configuration stays as it was: ", ++reloads);
    }
    BOOST_TEST(alice.set(body_to("push.example.net", "key")).error().find("--gateway-hosts") != std::string::npos);
    BOOST_TEST(alice.set(body_to("push.example.org", "key")).status == 200);
}

// A policy is about what is set from now on: nobody's pusher goes, but it is not confirmed either.
BOOST_AUTO_TEST_CASE(pushers_that_a_new_policy_forbids_stay_and_can_be_deleted_and_not_be_set) {
    configured_server server("gateway-allow-range = [\"fd00::/8\"]\n");
    const std::string unchanged = body_to("[fd00::7]", "key");
    BOOST_TEST(server.alice().set(unchanged).field("pusherd-outcome") == "created");
    BOOST_TEST(server.alice().set(unchanged).field("pusherd-outcome") == "unchanged");
    BOOST_TEST(server.alice().set(email_body).field("pusherd-outcome") == "created");
    const std::string list = server.alice().get().body;
    server.reload("email-pushers = \"refuse\"\n", "gateway-allow-range, email-pushers");
    BOOST_TEST(server.set_until(400, unchanged).error().find("fd00::7, in the forbidden range fc00::/7") !=
               std::string::npos);
    BOOST_TEST(server.alice().set(email_body).status == 400);
    BOOST_TEST(server.alice().get().body == list);
    BOOST_TEST(server.alice().set(removal_body(app, "key")).field("pusherd-outcome") == "deleted");
    BOOST_TEST(server.alice().set(email_removal).field("pusherd-outcome") == "deleted");
}

BOOST_AUTO_TEST_CASE(an_import_keeps_what_a_policy_forbids) {
    const pusherd_folder from;
    {
        pusherd_server server(from.data(), {"--gateway-allow-range", "10.0.0.0/8"});
        http_client alice = server.client(from.issue("@alice:example.org"));
        BOOST_TEST(alice.set(body_to("10.0.0.7", "key")).status == 200);
    }
    const std::string exported = from.print({"export"});
    const pusherd_folder to;
    to.print({"import", "-"}, exported);
    BOOST_TEST(to.print({"export"}) == exported);
    BOOST_TEST(exported.find("10.0.0.7") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
