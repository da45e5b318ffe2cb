// A token that has come to the wrong place on the command line is not repeated by what is said about that.

#include "app/configuration/secret_arguments.hpp"

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

namespace pusherd::app {
namespace {

const std::string token = "pusherd_pNq0bqbYyV7kF4bL1p5c2mJ8wXz3TtRs6AaHhUuEeIiO";
const std::string other_servers_token = "0LEpVnZ5oUeKYhBDqnUxmUqvAJnhY0Vd";

// Exit status, stdout, stderr: none of them shows it, and stderr says what is wrong.
void check_silent(const testing::process_end& end, const std::string& secret) {
    BOOST_TEST(end.is_refusal(end.status), end.out << end.err);
    BOOST_TEST((end.status == 1 || end.status == 2));
    BOOST_TEST(end.err.find(secret) == std::string::npos, end.err);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_arguments)

BOOST_AUTO_TEST_CASE(what_looks_like_a_token_may_be_one) {
    BOOST_TEST(may_be_token(token));
    BOOST_TEST(may_be_token(other_servers_token));
    BOOST_TEST(may_be_token("syt_YWxpY2U_kqPzXhBcVgDjWmRtNyUs_2aBcDe"));
    BOOST_TEST(may_be_token("mct_1jY8ZbF3sPq0RkT5vW9xA2cE4gH6nM_7LqX1"));
    BOOST_TEST(may_be_token("MDAxYmxvY2F0aW9uIGV4YW1wbGUub3JnCjAwMTNpZGVu"));
    BOOST_TEST(may_be_token("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln"));
}

BOOST_AUTO_TEST_CASE(what_people_give_otherwise_is_shown) {
    for (const char* text :
         {"", "-", "alice", "@alice:example.org", "742a4eef", "tokens.tsv", "pusherd_data", "syt_old",
          "./a/folder/of/2026/with/a/rather/long/name", "/srv/pusherd/data", "exported-tokens-of-2026-11-24.tsv",
          "--allow-insecure-gateways", "a-long-word-that-has-no-digit-in-it-at-all", "127.0.0.1:8008", "https://h/p"})
        BOOST_TEST(!may_be_token(text), text);
}

BOOST_AUTO_TEST_CASE(a_message_keeps_all_but_the_tokens) {
    std::vector<std::string> texts{"token", "list", token, "--data=" + other_servers_token, "--nonsense"};
    std::vector<char*> arguments;
    for (std::string& each : texts) arguments.push_back(each.data());
    const std::string hidden = "(not shown: it may be a token)";
    BOOST_TEST(without_tokens("'" + token + "' is no user id: token list", arguments) ==
               "'" + hidden + "' is no user id: token list");
    BOOST_TEST(without_tokens(token + other_servers_token, arguments) == hidden + hidden);
    BOOST_TEST(without_tokens("--nonsense", arguments) == "--nonsense");
    std::string with_dashes = "--" + token;
    char* const argument = with_dashes.data();
    BOOST_TEST(without_tokens("not expected: " + with_dashes, {&argument, 1}) == "not expected: --" + hidden);
}

BOOST_AUTO_TEST_CASE(a_token_is_overwritten_where_the_system_shows_it) {
    std::vector<std::string> texts{"revoke", token, "--data", token};
    std::vector<char*> arguments;
    for (std::string& each : texts) arguments.push_back(each.data());
    hide_argument(arguments, token);
    BOOST_TEST(texts[0] == "revoke");
    BOOST_TEST(texts[1] == "-" + std::string(token.size() - 1, '\0'));
    BOOST_TEST(texts[3] == texts[1]);
}

BOOST_AUTO_TEST_CASE(a_token_in_the_wrong_place_is_not_repeated) {
    const testing::pusherd_folder folder;
    (void)folder.issue("@alice:example.org");
    for (const std::string& secret : {token, other_servers_token})
        for (const std::vector<std::string>& command :
             std::vector<std::vector<std::string>>{{"revoke", secret},
                                                   {secret},
                                                   {"token", secret},
                                                   {"token", "revoke", "-", secret},
                                                   {"token", "revoke", secret},
                                                   {"token", "revoke", secret, "--user", "@alice:example.org"},
                                                   {"token", "revoke", "--token", secret},
                                                   {"token", "revoke", "--token=" + secret},
                                                   {"token", "revoke", "--id", secret},
                                                   {"token", "revoke", "--id=" + secret},
                                                   {"token", "revoke", "--user", secret},
                                                   {"token", "issue", secret},
                                                   {"token", "list", secret},
                                                   {"token", "import", secret},
                                                   {"user", "remove", secret},
                                                   {"stat", secret},
                                                   {"serve", "--listen", secret},
                                                   {"serve", "--threads=" + secret},
                                                   {"serve", "--config", secret}})
            BOOST_TEST_CONTEXT(command.front() << ' ' << command.back()) { check_silent(folder.run(command), secret); }
}

// Tokens of other servers are imported as they are: the line at fault is named by its number.
BOOST_AUTO_TEST_CASE(an_import_that_fails_shows_no_token) {
    const testing::pusherd_folder folder;
    (void)folder.print({"token", "import", "-"}, token + "\t@alice:example.org\n");
    for (const std::string& lines :
         {token, token + "\t", token + "\talice\n", token + " \t@alice:example.org\n", token + "\t@bob:example.org\n",
          token + "\t@alice:example.org\t\n", "@alice:example.org\t" + token + "\n",
          "x\t@a:h\n" + token + "\t@a:h\n" + token + "\t@b:h\n"})
        check_silent(folder.run({"token", "import", "-"}, lines), token);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::app
