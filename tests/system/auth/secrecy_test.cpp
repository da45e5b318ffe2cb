// The client's token and the secrets of the server are in no log, whatever goes wrong upstream and however much is
// logged.

#include "tests/system/auth/asking_server.hpp"
#include "tests/system/process_memory.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

const options talkative{"--log-level", "debug", "--log-requests", "on", "--auth-timeout", "1"};

std::string base64_secret() { return "cHVzaGVyZDpvdXItc2VjcmV0LTU1NzM="; }  // of "pusherd:our-secret-5573"

void check_silent(const std::string& log, const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets)
        for (const std::string& part : {secret.substr(0, secret.size() / 2), secret.substr(secret.size() / 2)})
            BOOST_TEST(log.find(part) == std::string::npos, part << " is in the log: " << log);
}

/// Asks about tokens while everything goes wrong that can, one after another; returns them.
class troubled_questions {
public:
    troubled_questions(const pusherd_server& server, stub_upstream& upstream) : server_(server), upstream_(upstream) {}

    std::vector<std::string> ask_amid_faults() {
        for (const char* kind : {"none", "http_500", "wrong", "half_an_answer", "reset", "no_answer"}) {
            upstream_.set_fault({.kind = kind});
            ask();
            upstream_.set_fault({});
            check_all_is_well();
        }
        upstream_.stop();
        ask();
        upstream_.restart();
        check_all_is_well();
        return tokens_;
    }

private:
    // Each way once, and fewer times than would keep it from asking at all.
    void ask() {
        tokens_.push_back("syt_QWxpY2U_" + std::to_string(7'919'000'113ULL * (tokens_.size() + 1)) + "_zXcVbN");
        const std::string& token = tokens_.back();
        (void)server_.client(token).get();
        (void)server_.client().get(list_path + "?access_token=" + token + "&user_id=@alice:example.org");
        (void)server_.client(token).set(pusher_body(app, "key"));
    }

    // So that it is asked again.
    void check_all_is_well() {
        const std::string token = "good" + std::to_string(tokens_.size());
        upstream_.set_user(token, "@good:example.org");
        upstream_.set_introspection(token, active("good", scope_of_clients));
        BOOST_TEST(comes_true([&] { return server_.client(token).get().status == 200; }));
    }

    const pusherd_server& server_;
    stub_upstream& upstream_;
    std::vector<std::string> tokens_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(auth_secrecy)

BOOST_AUTO_TEST_CASE(no_token_is_logged_when_a_homeserver_fails) {
    for (const std::string format : {"text", "json"}) {
        options more = talkative;
        more.insert(more.end(), {"--log-format", format, "--email-pushers", "owned"});
        asking_server pusherd(more);
        std::vector<std::string> tokens = troubled_questions(pusherd.server, pusherd.homeserver).ask_amid_faults();
        const std::string good = "syt_Z29vZA_31415926535_qWeRtY";
        pusherd.homeserver.set_user(good, "@good:example.org", "PHONE");
        pusherd.homeserver.set_threepids(good, {.status = 500, .body = good});
        BOOST_TEST(comes_true([&] { return pusherd.list(good).status == 200; }));
        check_unavailable(pusherd.as(good).set(email_body("good@example.org")));
        BOOST_TEST(verdict(pusherd.end_sessions(R"({"user_id":"@good:example.org","device_id":null,"access_token":")" +
                                                good + "\"}")) == "200");
        BOOST_TEST(verdict(pusherd.list(good)) == "401 M_UNKNOWN_TOKEN");
        tokens.push_back(good);
        const std::string log = pusherd.server.stop().err;
        BOOST_TEST(log.find("503") != std::string::npos, log);
        check_silent(log, tokens);
    }
}

// Upstream errors that quote what they were asked.
BOOST_AUTO_TEST_CASE(what_the_homeserver_says_of_a_token_is_not_logged_either) {
    asking_server pusherd(talkative);
    const std::string token = "syt_QWxpY2U_2718281828459_zXcVbN";
    for (const upstream_answer& each :
         {matrix_error(500, "M_UNKNOWN", "cannot find " + token), upstream_answer{.body = token},
          matrix_error(400, token), upstream_answer{.status = 302, .fields = {{"Location", "/?t=" + token}}},
          upstream_answer{.body = R"({"user_id":")" + token + "\"}"}}) {
        pusherd.homeserver.set_whoami(token, each);
        check_unavailable(pusherd.list(token));
        pusherd.check_all_is_well();
    }
    check_silent(pusherd.server.stop().err, {token});
}

BOOST_AUTO_TEST_CASE(neither_tokens_nor_the_secret_are_logged_when_introspection_fails) {
    const pusherd_folder folder;
    stub_upstream service({.client_id = "pusherd", .client_secret = "our-secret-5573"});
    write_file(folder.file("secret"), "our-secret-5573\n");
    options all = of_example_org({"--auth", "introspection:" + service.introspection_url(), "--auth-client-id",
                                  "pusherd", "--auth-secret-file", folder.file("secret").string()});
    all.insert(all.end(), talkative.begin(), talkative.end());
    pusherd_server server(folder.data(), all);
    const std::vector<std::string> tokens = troubled_questions(server, service).ask_amid_faults();
    service.set_introspection("good", active("good", scope_of_clients));
    BOOST_TEST(comes_true([&] { return server.client("good").get().status == 200; }));
    const std::string log = server.stop().err;
    BOOST_TEST(log.find("503") != std::string::npos, log);
    check_silent(log, tokens);
    check_silent(log, {"our-secret-5573", base64_secret()});
}

// It is looked for what else the query says of who asks: without a copy of all of it.
BOOST_AUTO_TEST_CASE(a_token_in_the_query_is_not_left_in_memory,
                     *boost::unit_test::precondition(memory_can_be_looked_at)) {
    const pusherd_folder folder;
    const stub_upstream homeserver;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), asking_homeserver(homeserver, {"--core-dumps", "--map-size", "16M"}));
    for (int i = 0; i < 5; ++i) {
        const answer got = server.client().get(list_path + "?access_token=" + token + "&user_id=@alice:example.org");
        BOOST_TEST(got.status == 200);
    }
    BOOST_TEST(comes_true([&] { return !memory_holds(server.process().pid(), token.substr(20, 20)); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
