// Arguments that cannot be used: exit status 2, nothing on stdout, and nothing is done.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"
#include "tests/support/pusherd_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using arguments = std::vector<std::string>;

// A bad value that is taken must not keep the test waiting.
void stop_if_it_serves(pusherd_process& process) {
    try {
        (void)process.wait_for_line("listening on ");
        process.signal(SIGTERM);
    } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): it has ended
    }
}

void check_unusable(const arguments& given, const std::map<std::string, std::string>& environment = {}) {
    const temporary_folder folder;
    std::string shown;
    for (const std::string& each : given) (shown += ' ') += each;
    BOOST_TEST_CONTEXT("pusherd" << shown) {
        pusherd_process process({.arguments = given, .environment = environment, .working_folder = folder.path()});
        if (!given.empty() && given[0] == "serve") stop_if_it_serves(process);
        const process_end& end = process.wait();
        BOOST_TEST(end.is_refusal(2), "exit status " << end.status << ": " << end.out << end.err);
        BOOST_TEST(contents_of(folder.path()).empty());
    }
}

void check_values_are_unusable(const arguments& command, const std::string& option, const arguments& values) {
    for (const std::string& value : values) {
        arguments given = command;
        given.insert(given.end(), {option + "=" + value});
        check_unusable(given);
    }
}

void check_says(const arguments& given, const std::string& expected,
                const std::map<std::string, std::string>& environment = {}) {
    const process_end end = run_pusherd({.arguments = given, .environment = environment});
    BOOST_TEST(end.is_refusal(2));
    BOOST_TEST(end.err == "pusherd: " + expected + "\n");
}

const std::string long_device(256, 'd');

}  // namespace

BOOST_AUTO_TEST_SUITE(unusable_arguments)

BOOST_AUTO_TEST_CASE(a_missing_command_is_unusable) {
    check_unusable({});
    check_unusable({"token"});
    check_unusable({"user"});
}

BOOST_AUTO_TEST_CASE(an_unknown_command_or_option_is_unusable) {
    check_unusable({"nonsense"});
    check_unusable({"token", "nonsense"});
    check_unusable({"user", "nonsense"});
    check_unusable({"--nonsense"});
    const std::vector<arguments> commands{{"serve"},
                                          {"token", "issue", "@alice:example.org"},
                                          {"token", "import", "-"},
                                          {"token", "list"},
                                          {"token", "revoke", "token"},
                                          {"user", "remove", "@alice:example.org"},
                                          {"stat"},
                                          {"verify"}};
    for (arguments each : commands) {
        each.emplace_back("--nonsense");
        check_unusable(each);
    }
}

BOOST_AUTO_TEST_CASE(the_line_says_what_would_be_usable_and_where_the_help_is) {
    check_says({"serve", "--log-level", "loud"},
               "--log-level: loud not in {debug,error,info,warning}; see pusherd serve --help");
    check_says({"serve", "--drain", "0.5"},
               "--drain: '0.5' is no whole number from 0 to 1000000; see pusherd serve --help");
    check_says({"serve", "--set-rate", "nan"},
               "--set-rate: 'nan' is no number from 0 to 1000000; see pusherd serve --help");
    check_says({"serve", "--gateway-deny", "10.0.0.7/8"},
               "--gateway-deny: '10.0.0.7/8' is in the middle of a range: 10.0.0.0/8 is a whole one; see pusherd serve "
               "--help");
    check_says({"token", "list", "--nonsense"},
               "The following argument was not expected: --nonsense; see pusherd token list --help");
    check_says({"token"}, "A subcommand is required; see pusherd token --help");
    check_says({"sttat"}, "'sttat' is no command; see pusherd --help");
    check_says({"token", "isue"}, "'isue' is no command; see pusherd token --help");
    check_says({"--data", "here", "serve"},
               "the command comes first, and its options after it; see pusherd serve --help");
}

BOOST_AUTO_TEST_CASE(the_line_names_what_the_value_came_from) {
    const std::string rest = ": 'x' is no whole number from 1 to 256; see pusherd serve --help";
    check_says({"serve", "--threads=x"}, "--threads" + rest);
    check_says({"serve", "--threads", "x"}, "--threads" + rest, {{"PUSHERD_THREADS", "2"}});
    check_says({"serve"}, "PUSHERD_THREADS" + rest, {{"PUSHERD_THREADS", "x"}});
    // What is another command's is nothing to this one.
    const pusherd_folder folder;
    folder.print({"token", "issue", "@alice:example.org"});
    BOOST_TEST(run_pusherd(
                   {.arguments = {"stat", "--data", folder.data().string()}, .environment = {{"PUSHERD_THREADS", "x"}}})
                   .status == 0);
}

BOOST_AUTO_TEST_CASE(an_argument_too_many_is_unusable) {
    check_unusable({"serve", "extra"});
    check_unusable({"token", "issue", "@alice:example.org", "extra"});
    check_unusable({"token", "import", "-", "extra"});
    check_unusable({"token", "list", "@alice:example.org", "extra"});
    check_unusable({"token", "revoke", "token", "extra"});
    check_unusable({"user", "remove", "@alice:example.org", "extra"});
    check_unusable({"stat", "extra"});
    check_unusable({"verify", "extra"});
}

BOOST_AUTO_TEST_CASE(a_token_needs_either_a_user_or_a_service) {
    check_unusable({"token", "issue"});
    check_unusable({"token", "issue", "@alice:example.org", "--service", "homeserver"});
    check_unusable({"token", "issue", "--service", "homeserver", "--device", "PHONE"});
    check_unusable({"token", "issue", "--service", "homeserver", "--admin"});
    check_unusable({"token", "issue", "--service", ""});
    check_unusable({"token", "issue", "--service"});
}

BOOST_AUTO_TEST_CASE(what_is_no_user_id_is_unusable) {
    const std::string too_long = "@" + std::string(243, 'a') + ":example.org";
    for (const std::string& user :
         {std::string("alice"), std::string("@alice"), std::string("alice:example.org"), std::string("@alice:"),
          std::string("@alice:exa mple.org"), std::string("@\xff:example.org"), std::string(), too_long}) {
        check_unusable({"token", "issue", user});
        check_unusable({"token", "list", user});
        check_unusable({"token", "revoke", "--user", user});
        check_unusable({"user", "remove", user});
    }
}

BOOST_AUTO_TEST_CASE(a_device_id_of_0_or_more_than_255_bytes_is_unusable) {
    for (const std::string& device : {std::string(), long_device}) {
        check_unusable({"token", "issue", "@alice:example.org", "--device", device});
        check_unusable({"token", "revoke", "--user", "@alice:example.org", "--device", device});
    }
}

BOOST_AUTO_TEST_CASE(an_import_needs_a_file) { check_unusable({"token", "import"}); }

BOOST_AUTO_TEST_CASE(a_removal_needs_a_user) { check_unusable({"user", "remove"}); }

BOOST_AUTO_TEST_CASE(a_revocation_names_its_tokens_in_one_way) {
    check_unusable({"token", "revoke"});
    check_unusable({"token", "revoke", "token", "--id", "01234567"});
    check_unusable({"token", "revoke", "token", "--user", "@alice:example.org"});
    check_unusable({"token", "revoke", "--id", "01234567", "--user", "@alice:example.org"});
    check_unusable({"token", "revoke", "--device", "PHONE"});
    check_unusable({"token", "revoke", "token", "--device", "PHONE"});
    check_unusable({"token", "revoke", "--id", "01234567", "--device", "PHONE"});
}

BOOST_AUTO_TEST_CASE(a_bad_map_size_is_unusable_for_every_command) {
    const arguments bad{"", "x", "-1", "0", "1.5.2", "99999999999999999999999999", "12 apples"};
    check_values_are_unusable({"serve"}, "--map-size", bad);
    check_values_are_unusable({"token", "issue", "@alice:example.org"}, "--map-size", bad);
    check_values_are_unusable({"stat"}, "--map-size", bad);
}

BOOST_AUTO_TEST_CASE(a_bad_server_name_is_unusable) {
    check_values_are_unusable({"serve"}, "--server-name", {"exa mple.org", "@example.org", "example.org:port"});
}

BOOST_AUTO_TEST_CASE(bad_numbers_are_unusable_for_serve) {
    const arguments serve{"serve", "--listen", "127.0.0.1:0"};
    check_unusable({"serve", "--data", ""});
    check_values_are_unusable(serve, "--threads", {"x", "0", "-1", "1.5", "99999999999"});
    check_values_are_unusable(serve, "--max-pushers", {"x", "-1", "1.5"});
    check_values_are_unusable(serve, "--set-rate", {"x", "-1", "nan", "1,5"});
    check_values_are_unusable(serve, "--set-burst", {"x", "-1", "nan"});
    check_values_are_unusable(serve, "--max-body", {"x", "-1"});
    check_values_are_unusable(serve, "--notify-max-body", {"x", "-1", "0", "64MB1", "100MB"});
    check_values_are_unusable(serve, "--max-connections", {"x", "-1", "0", "1.5"});
    check_values_are_unusable(serve, "--idle-timeout", {"x", "-1", "soon"});
    check_values_are_unusable(serve, "--drain", {"x", "-1", "soon"});
}

BOOST_AUTO_TEST_CASE(values_that_an_option_does_not_know_are_unusable_for_serve) {
    const arguments serve{"serve", "--listen", "127.0.0.1:0"};
    check_values_are_unusable(serve, "--query-token", {"maybe", ""});
    check_values_are_unusable(serve, "--pokes", {"maybe", ""});
    check_values_are_unusable(serve, "--log-level", {"loud", ""});
    check_values_are_unusable(serve, "--log-format", {"xml", ""});
}

BOOST_AUTO_TEST_CASE(an_address_without_a_usable_port_is_unusable) {
    check_values_are_unusable({"serve"}, "--listen",
                              {"127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "", ":"});
}

BOOST_AUTO_TEST_CASE(a_bad_value_in_the_environment_is_unusable) {
    check_unusable({"serve", "--listen", "127.0.0.1:0"}, {{"PUSHERD_THREADS", "many"}});
    check_unusable({"token", "issue", "@alice:example.org"}, {{"PUSHERD_MAP_SIZE", "large"}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
