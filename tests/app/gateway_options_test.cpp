// Which gateways a server takes, as flags, environment and file say. What holds is told by what it answers.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::testing {
namespace {

using arguments = std::vector<std::string>;
using environment = std::map<std::string, std::string>;

const std::string email_body =
    R"({"kind":"email","app_id":"m.email","pushkey":"alice@example.org","app_display_name":"App",)"
    R"("device_display_name":"alice@example.org","lang":"en","data":{}})";

std::string body_to(const std::string& host) {
    const std::string usual = "push.example.org";
    std::string body = pusher_body("org.example.app", "key");
    return body.replace(body.find(usual), usual.size(), host);
}

/// A server that was told of its gateways in some way.
class told_server {
public:
    told_server(const pusherd_folder& folder, const arguments& flags, const environment& variables = {})
        : server_(folder.data(), flags, variables), alice_(server_.client(folder.issue("@alice:example.org"))) {}

    /// The option at fault, or the outcome.
    std::string answer_to(const std::string& body) {
        const answer got = alice_.set(body);
        if (got.status == 200) return "ok";
        BOOST_TEST(got.errcode() == "M_INVALID_PARAM");
        const std::string text = got.error();
        const std::size_t option = text.find("--");
        return option == std::string::npos ? text : text.substr(option, text.find_first_of(" )", option) - option);
    }

    std::string set_to(const std::string& host) { return answer_to(body_to(host)); }

private:
    pusherd_server server_;
    http_client alice_;
};

void check_that_all_options_hold(told_server server) {
    for (const char* host : {"push.example.org", "a.b.example.org", "1.2.3.5", "10.0.0.7", "[fd00::1]"})
        BOOST_TEST(server.set_to(host) == "ok", host);
    for (const char* host : {"push.example.net", "example.org", "1.2.4.5"})
        BOOST_TEST(server.set_to(host) == "--gateway-hosts", host);
    for (const char* host : {"evil.example.org", "1.2.3.4"}) BOOST_TEST(server.set_to(host) == "--gateway-deny", host);
    for (const char* host : {"127.0.0.1", "localhost"})
        BOOST_TEST(server.set_to(host) == "--gateway-allow-range", host);
    BOOST_TEST(server.answer_to(email_body) == "--email-pushers");
}

std::string config(const pusherd_folder& folder, const std::string& toml) {
    write_file(folder.file("pusherd.toml"), toml);
    return folder.file("pusherd.toml").string();
}

/// Whether it is an end with 2, and one line that holds this.
boost::test_tools::predicate_result is_told(const invocation& how, const std::string& part) {
    pusherd_process process(how);
    try {
        (void)process.wait_for_line("listening on ");
        process.signal(SIGTERM);
    } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): it has ended
    }
    const process_end& end = process.wait();
    boost::test_tools::predicate_result verdict(end.is_refusal(2) && end.err.find(part) != std::string::npos);
    if (!verdict) verdict.message() << "exit status " << end.status << ": " << end.err;
    return verdict;
}

const std::vector<std::pair<std::string, std::string>> lists{
    {"gateway-hosts", "PUSHERD_GATEWAY_HOSTS"},
    {"gateway-deny", "PUSHERD_GATEWAY_DENY"},
    {"gateway-allow-range", "PUSHERD_GATEWAY_ALLOW_RANGE"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_options)

BOOST_AUTO_TEST_CASE(by_default_any_host_passes_but_what_is_nobodys_on_the_internet_and_email_does) {
    const pusherd_folder folder;
    told_server server(folder, {});
    BOOST_TEST(server.set_to("push.example.net") == "ok");
    BOOST_TEST(server.set_to("1.2.3.4") == "ok");
    BOOST_TEST(server.set_to("10.0.0.7") == "--gateway-allow-range");
    BOOST_TEST(server.answer_to(email_body) == "ok");
}

BOOST_AUTO_TEST_CASE(flags_may_be_repeated_and_hold_lists) {
    const pusherd_folder folder;
    check_that_all_options_hold(
        told_server(folder, {"--gateway-hosts", "*.example.org,1.2.3.0/24", "--gateway-hosts=10.0.0.7,[fd00::1]",
                             "--gateway-hosts=127.0.0.0/8", "--gateway-deny", "evil.*", "--gateway-deny", "1.2.3.4",
                             "--gateway-allow-range", "10.0.0.0/8,fd00::1", "--email-pushers", "refuse"}));
}

BOOST_AUTO_TEST_CASE(variables_of_the_environment_hold_lists) {
    const pusherd_folder folder;
    check_that_all_options_hold(
        told_server(folder, {},
                    {{"PUSHERD_GATEWAY_HOSTS", "*.example.org,1.2.3.0/24,10.0.0.7,fd00::1,127.0.0.0/8"},
                     {"PUSHERD_GATEWAY_DENY", "evil.*,1.2.3.4"},
                     {"PUSHERD_GATEWAY_ALLOW_RANGE", "10.0.0.0/8,fd00::1"},
                     {"PUSHERD_EMAIL_PUSHERS", "refuse"}}));
}

BOOST_AUTO_TEST_CASE(a_file_holds_lists_and_strings) {
    const pusherd_folder folder;
    const std::string file = config(folder,
                                    "gateway-hosts = [\"*.example.org\", \"1.2.3.0/24\", \"10.0.0.7\", \"fd00::1\", "
                                    "\"127.0.0.0/8\"]\n"
                                    "gateway_deny = \"evil.*,1.2.3.4\"\n"
                                    "gateway-allow-range = [\"10.0.0.0/8\", \"fd00::1\"]\n"
                                    "email-pushers = \"refuse\"\n");
    check_that_all_options_hold(told_server(folder, {"--config", file}));
}

BOOST_AUTO_TEST_CASE(flags_beat_the_environment_which_beats_the_file_and_lists_are_not_joined) {
    const pusherd_folder folder;
    const std::string file = config(folder, "gateway-hosts = [\"in.file\"]\ngateway-deny = \"*.org\"\n");
    told_server server(folder, {"--config", file, "--gateway-hosts", "by.flag"},
                       {{"PUSHERD_GATEWAY_HOSTS", "in.environment"}, {"PUSHERD_GATEWAY_DENY", "*.net"}});
    BOOST_TEST(server.set_to("by.flag") == "ok");
    BOOST_TEST(server.set_to("in.environment") == "--gateway-hosts");
    BOOST_TEST(server.set_to("in.file") == "--gateway-hosts");
    BOOST_TEST(server.set_to("a.net") == "--gateway-deny");
    BOOST_TEST(server.set_to("a.org") == "--gateway-hosts");
}

// An allow-list that became empty would allow all.
BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_told_in_a_line_wherever_it_comes_from) {
    const pusherd_folder folder;
    const arguments serve{"serve", "--listen", "127.0.0.1:0", "--data", folder.data().string()};
    const auto with = [&](const std::string& name, const std::string& value) {
        arguments all = serve;
        all.insert(all.end(), {name, value});
        return all;
    };
    for (const auto& [option, variable] : lists)
        for (const std::string value :
             {",", "a.example,", ",10.0.0.7", "10.0.0.7,,10.0.0.8", "[]", "[,]", "{}", " ", "10.0.0.0/33", "10.0.0.7/8",
              "10.0.0.0/8 ", "127.1", "https://push.example.org", "push.example.org:443", "push.example.org/8"})
            BOOST_TEST_CONTEXT(option << " " << value) {
                BOOST_TEST(is_told({.arguments = with("--" + option, value)}, "pusherd: --" + option + ": '"));
                BOOST_TEST(
                    is_told({.arguments = serve, .environment = {{variable, value}}}, "pusherd: " + variable + ": '"));
                const std::string file = config(folder, option + " = [\"10.0.0.9\", \"" + value + "\"]\n");
                BOOST_TEST(is_told({.arguments = with("--config", file)}, "pusherd.toml: --" + option + ": '"));
            }
    for (const std::string& nothing :
         {std::string("\"\""), std::string("[]"), std::string("[\"\"]"), std::string("{}")})
        BOOST_TEST_CONTEXT(nothing)
    BOOST_TEST(is_told({.arguments = with("--config", config(folder, "gateway-hosts = " + nothing + "\n"))},
                       "gateway-hosts: "));
    BOOST_TEST(is_told({.arguments = with("--gateway-hosts=", "")}, "--gateway-hosts: "));
    BOOST_TEST(is_told({.arguments = with("--gateway-allow-range", "*.example.org")}, "--gateway-allow-range: '"));
    BOOST_TEST(
        is_told({.arguments = with("--email-pushers", "some")}, "--email-pushers: some not in {accept,owned,refuse}"));
    BOOST_TEST(!std::filesystem::exists(folder.data()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
