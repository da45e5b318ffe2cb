// What people ask the program about itself.

#include "tests/support/pusherd_process.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

process_end ask(std::vector<std::string> arguments) { return run_pusherd({.arguments = std::move(arguments)}); }

void check_help(std::vector<std::string> command, const std::vector<std::string>& parts) {
    command.emplace_back("--help");
    const process_end end = ask(command);
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.err == "");
    for (const std::string& part : parts)
        BOOST_TEST(end.out.find(part) != std::string::npos, part << " in " << end.out);
}

const std::vector<std::string> serve_options{"--listen",
                                             "--tls-cert",
                                             "--tls-key",
                                             "--unix-mode",
                                             "--unix-group",
                                             "--threads",
                                             "--max-pushers",
                                             "--info-uri",
                                             "--set-rate",
                                             "--set-burst",
                                             "--allow-insecure-gateways",
                                             "--gateway-hosts",
                                             "--gateway-deny",
                                             "--gateway-allow-range",
                                             "--gateway-ca",
                                             "--pokes",
                                             "--email-pushers",
                                             "--metrics-listen",
                                             "--log-requests",
                                             "--query-token",
                                             "--max-body",
                                             "--notify-max-body",
                                             "--max-connections",
                                             "--idle-timeout",
                                             "--drain",
                                             "--log-level",
                                             "--log-format"};

}  // namespace

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(help_goes_to_stdout_and_names_the_commands) {
    check_help({}, {"serve", "token", "user", "pusher", "stat", "verify", "backup", "export", "import"});
}

BOOST_AUTO_TEST_CASE(version_goes_to_stdout) {
    const process_end end = ask({"--version"});
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.out.starts_with("pusherd "));
    BOOST_TEST(end.out.find('\n') == end.out.size() - 1);
    BOOST_TEST(end.err == "");
}

BOOST_AUTO_TEST_CASE(each_command_has_help_that_names_its_options) {
    check_help({"serve"}, serve_options);
    check_help({"token"}, {"issue", "import", "list", "revoke"});
    check_help({"token", "issue"}, {"USER", "--device", "--admin", "--service"});
    check_help({"token", "import"}, {"FILE"});
    check_help({"token", "list"}, {"USER"});
    check_help({"token", "revoke"}, {"TOKEN", "--id", "--user", "--device"});
    check_help({"user"}, {"remove"});
    check_help({"user", "remove"}, {"USER"});
    check_help({"pusher"}, {"list", "test"});
    check_help({"pusher", "list"}, {"USER"});
    check_help({"pusher", "test"}, {"USER", "--allow-insecure-gateways", "--gateway-allow-range", "--gateway-ca"});
    check_help({"stat"}, {"--json"});
    check_help({"verify"}, {});
    check_help({"backup"}, {"DEST"});
    check_help({"export"}, {});
    check_help({"import"}, {"FILE"});
}

BOOST_AUTO_TEST_CASE(every_command_may_be_told_to_leave_core_files) {
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"serve"}, {"token", "issue"}, {"token", "revoke"}, {"stat"}})
        check_help(command, {"--core-dumps"});
}

BOOST_AUTO_TEST_CASE(the_help_of_serve_tells_the_defaults) {
    check_help({"serve"}, {"127.0.0.1:8008", "100", "50", "65536", "10000", "75"});
}

BOOST_AUTO_TEST_CASE(every_command_takes_data_map_size_server_name_and_config) {
    const std::vector<std::vector<std::string>> commands{
        {"serve"}, {"token", "issue"}, {"token", "import"}, {"token", "list"}, {"token", "revoke"}, {"user", "remove"},
        {"stat"},  {"verify"},         {"backup"},          {"export"},        {"import"}};
    for (const auto& command : commands) check_help(command, {"--data", "--map-size", "--server-name", "--config"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
