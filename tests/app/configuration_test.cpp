// Flags beat the environment, which beats the file. What holds is told by what the server does.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using arguments = std::vector<std::string>;
using environment = std::map<std::string, std::string>;

/// How many sets of one user pass at once, up to 20.
int passing_sets(const pusherd_folder& folder, const arguments& flags, const environment& variables = {}) {
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), flags, variables);
    http_client alice = server.client(token);
    int passed = 0;
    while (passed < 20 && alice.set(removal_body("org.example.app", "key")).status == 200) ++passed;
    return passed;
}

/// That is `--set-burst`, where no rate to speak of refills it.
int burst_of(const pusherd_folder& folder, const arguments& flags, const environment& variables = {}) {
    arguments all{"--set-rate", "0.001"};
    all.insert(all.end(), flags.begin(), flags.end());
    return passing_sets(folder, all, variables);
}

std::string config(const pusherd_folder& folder, const std::string& toml) {
    write_file(folder.file("pusherd.toml"), toml);
    return folder.file("pusherd.toml").string();
}

void check_bad_config(const std::string& toml, const std::string& names) {
    const pusherd_folder folder;
    const std::string file = config(folder, toml);
    for (const arguments& command :
         {arguments{"serve", "--listen", "127.0.0.1:0"}, arguments{"token", "issue", "@alice:example.org"}}) {
        arguments with_config = command;
        with_config.insert(with_config.end(), {"--config", file});
        const process_end end = folder.run(with_config);
        BOOST_TEST(end.status == 2, toml << ": " << end.err);
        BOOST_TEST(end.out == "");
        BOOST_TEST(end.err.find(names) != std::string::npos, end.err);
        BOOST_TEST(!std::filesystem::exists(folder.data()));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration)

BOOST_AUTO_TEST_CASE(a_file_beats_the_default) {
    const pusherd_folder folder;
    BOOST_TEST(burst_of(folder, {"--config", config(folder, "set-burst = 3\n")}) == 3);
}

BOOST_AUTO_TEST_CASE(the_environment_beats_the_file) {
    const pusherd_folder folder;
    const std::string file = config(folder, "set-burst = 3\n");
    BOOST_TEST(burst_of(folder, {"--config", file}, {{"PUSHERD_SET_BURST", "5"}}) == 5);
    BOOST_TEST(burst_of(folder, {}, {{"PUSHERD_SET_BURST", "6"}}) == 6);
    BOOST_TEST(burst_of(folder, {}, {{"PUSHERD_CONFIG", file}}) == 3);
}

BOOST_AUTO_TEST_CASE(flags_beat_environment_and_file) {
    const pusherd_folder folder;
    const std::string file = config(folder, "set-burst = 3\n");
    BOOST_TEST(burst_of(folder, {"--config", file, "--set-burst", "7"}, {{"PUSHERD_SET_BURST", "5"}}) == 7);
}

// CLI11 fills the options of every command from the environment, the chosen one's or not.
BOOST_AUTO_TEST_CASE(flags_beat_the_environment_for_what_every_command_takes) {
    const pusherd_folder named;
    const pusherd_folder elsewhere;
    pusherd_process issue({.arguments = {"token", "issue", "@alice:example.org", "--data", named.data().string()},
                           .environment = {{"PUSHERD_DATA", elsewhere.data().string()}}});
    BOOST_TEST(issue.wait().status == 0);
    BOOST_TEST(named.stat("tokens") == 1U);
    BOOST_TEST(!std::filesystem::exists(elsewhere.data()));
}

BOOST_AUTO_TEST_CASE(a_file_may_hold_every_option_of_serve) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    const std::string file = config(folder, R"(# a comment
data = ")" + folder.data().string() + R"("
map-size = 33554432
listen = ["127.0.0.1:0", "127.0.0.1:0"]
threads = 2
max-pushers = 1
info-uri = "https://example.org/why"
set-rate = 0.001
set-burst = 4
allow-insecure-gateways = true
query-token = "off"
max-body = 2000
notify-max-body = 3000
max-connections = 100
idle-timeout = 60
drain = 5
log-level = "error"
log-format = "json"
)");
    pusherd_process server({.arguments = {"serve", "--config", file}});
    const std::uint16_t port = port_in(server.wait_for_line("listening on ", 2));
    http_client alice(port, token);
    BOOST_TEST(http_client(port).get("/_matrix/client/v3/pushers?access_token=" + token).status == 401);
    std::string insecure = pusher_body("org.example.app", "one");
    insecure.replace(insecure.find("https"), 5, "http");
    BOOST_TEST(alice.set(insecure).status == 200);
    const answer second = alice.set(pusher_body("org.example.app", "two"));
    BOOST_TEST(second.errcode() == "M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(second.body.find("https://example.org/why") != std::string::npos);
    BOOST_TEST(alice.set(std::string(2001, ' ')).status == 413);
    for (const auto& [size, status] : {std::pair{3000U, 403}, std::pair{3001U, 413}})
        BOOST_TEST(alice.post("/_pusherd/v1/notify", std::string(size, ' ')).status == status);
    BOOST_TEST(folder.stat("map_bytes") == 33554432U);
    for (int i = 0; i < 4; ++i) (void)alice.set(removal_body("org.example.app", "two"));
    BOOST_TEST(alice.set(removal_body("org.example.app", "two")).status == 429);
    server.signal(SIGTERM);
    const process_end& end = server.wait();
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.err.find("{\"") == 0U);
}

BOOST_AUTO_TEST_CASE(the_environment_names_every_option) {
    const pusherd_folder folder;
    const environment all{{"PUSHERD_DATA", folder.data().string()}, {"PUSHERD_LISTEN", "127.0.0.1:0"},
                          {"PUSHERD_LOG_LEVEL", "error"},           {"PUSHERD_LOG_FORMAT", "json"},
                          {"PUSHERD_MAP_SIZE", "33554432"},         {"PUSHERD_ALLOW_INSECURE_GATEWAYS", "true"},
                          {"PUSHERD_SERVER_NAME", "example.org"},   {"PUSHERD_QUERY_TOKEN", "off"}};
    pusherd_process server({.arguments = {"serve"}, .environment = all});
    const std::string line = server.wait_for_line("listening on ");
    BOOST_TEST(line.starts_with("{"));
    http_client alice(port_in(line), folder.issue("@alice:example.org"));
    std::string insecure = pusher_body("org.example.app", "one");
    insecure.replace(insecure.find("https"), 5, "http");
    BOOST_TEST(alice.set(insecure).status == 200);
    BOOST_TEST(folder.stat("map_bytes") == 33554432U);
    BOOST_TEST(folder.run({"token", "issue", "@bob:example.com"}).is_refusal());
}

BOOST_AUTO_TEST_CASE(a_serve_option_in_file_or_environment_does_not_disturb_other_commands) {
    const pusherd_folder folder;
    const std::string file = config(folder, "listen = \"127.0.0.1:0\"\nset-rate = 5\nserver-name = \"example.org\"\n");
    for (const arguments& command :
         std::vector<arguments>{{"token", "issue", "@alice:example.org"}, {"token", "list"}, {"stat"}, {"verify"}}) {
        arguments all = command;
        all.insert(all.end(), {"--config", file, "--data", folder.data().string()});
        const process_end end = run_pusherd({.arguments = all, .environment = {{"PUSHERD_SET_BURST", "5"}}});
        BOOST_TEST(end.status == 0, command[0] << ": " << end.err);
        BOOST_TEST(end.err == "");
    }
    BOOST_TEST(folder.run({"token", "issue", "@bob:example.com"}).is_refusal());  // the file's server name holds
}

// With six digits behind the point this rate would be 0, which is none.
BOOST_AUTO_TEST_CASE(a_number_in_the_file_keeps_all_its_digits) {
    const pusherd_folder folder;
    const std::string file = config(folder, "set-rate = 0.0000001\nset-burst = 3.0\n");
    BOOST_TEST(passing_sets(folder, {"--config", file}) == 3);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_in_the_file_is_exit_2_and_named) {
    check_bad_config("set-rate = 5\nset-rates = 5\n", "set-rates");
    check_bad_config("help = true\n", "help");
    check_bad_config("set-rate = 5\nset_rate = 6\n", "given twice");
    check_bad_config("map-size = 5\n", "pusherd.toml: --map-size: '5' is no whole number");
    check_bad_config("[serve]\nset-rate = 5\n", "serve");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_toml_is_exit_2_and_its_line_is_named) {
    check_bad_config("set-rate = 5\nset-rate = = 5\n", ":2");
    check_bad_config("nonsense", "pusherd.toml");
    check_bad_config("core-dumps = []\n", "core-dumps: the list is empty");
    check_bad_config("[\n\n", "pusherd.toml");           // what toml++ takes for granted
    check_bad_config("\xc4\x91 = 1\n", "pusherd.toml");  // what it takes for white space, or not
}

BOOST_AUTO_TEST_CASE(a_bad_value_in_the_file_is_exit_2) {
    for (const char* toml : {"threads = \"many\"\n", "threads = 0\n", "log-level = \"loud\"\n", "set-rate = nan\n",
                             "drain = -1\n", "threads = 1979-05-27\n"}) {
        const pusherd_folder folder;
        pusherd_process server({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", folder.data().string(),
                                              "--config", config(folder, toml)}});
        try {
            (void)server.wait_for_line("listening on ");
            BOOST_ERROR("it serves with " << toml);
        } catch (const std::runtime_error&) {
            BOOST_TEST(server.wait().status == 2, toml << server.errors());
            BOOST_TEST(!std::filesystem::exists(folder.data()));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_one_line) {
    const pusherd_folder folder;
    const process_end end =
        folder.run({"token", "issue", "@alice:example.org", "--config", "/nonexistent/pusherd.toml"});
    BOOST_TEST(end.status != 0);
    BOOST_TEST(end.is_refusal(end.status), end.err);
    BOOST_TEST(!std::filesystem::exists(folder.data()));
}

BOOST_AUTO_TEST_CASE(a_flag_is_true_or_false_and_nothing_else) {
    const pusherd_folder folder;
    const std::string flag = "--allow-insecure-gateways";
    const std::string data = folder.data().string();
    for (const char* value : {"7", "yes", "maybe", "-3"}) {
        const process_end by_flag = run_pusherd({.arguments = {"serve", "--data", data, flag + "=" + value}});
        BOOST_TEST(by_flag.is_refusal(2), value << ": " << by_flag.err);
        const process_end by_variable = run_pusherd(
            {.arguments = {"serve", "--data", data}, .environment = {{"PUSHERD_ALLOW_INSECURE_GATEWAYS", value}}});
        BOOST_TEST(by_variable.is_refusal(2), value << ": " << by_variable.err);
        BOOST_TEST(by_variable.err.find("PUSHERD_ALLOW_INSECURE_GATEWAYS: ") != std::string::npos, by_variable.err);
        write_file(folder.file("pusherd.toml"), "allow-insecure-gateways = \"" + std::string(value) + "\"\n");
        const process_end by_file =
            run_pusherd({.arguments = {"serve", "--data", data, "--config", folder.file("pusherd.toml").string()}});
        BOOST_TEST(by_file.is_refusal(2), value << ": " << by_file.err);
    }
}

BOOST_AUTO_TEST_CASE(where_a_refusal_sends_people_cannot_be_nowhere) {
    const pusherd_folder folder;
    const process_end end = folder.run({"serve", "--info-uri", ""});
    BOOST_TEST(end.is_refusal(2), end.err);
    BOOST_TEST(end.err.find("--info-uri: a URI is not empty") != std::string::npos, end.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
