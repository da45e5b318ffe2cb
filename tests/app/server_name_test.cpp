// --server-name: once given it is recorded, and tokens are for its users alone.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using command = std::vector<std::string>;

command with_name(command what, const std::string& name) {
    what.insert(what.end(), {"--server-name", name});
    return what;
}

const std::vector<command> all_commands{{"token", "issue", "@alice:example.org"},
                                        {"token", "import", "-"},
                                        {"token", "list"},
                                        {"token", "revoke", "--user", "@alice:example.org"},
                                        {"user", "remove", "@alice:example.org"},
                                        {"stat"},
                                        {"verify"},
                                        {"backup", "never-made"},
                                        {"export"},
                                        {"import", "-"},
                                        {"serve", "--listen", "127.0.0.1:0"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(server_name)

BOOST_AUTO_TEST_CASE(once_recorded_tokens_are_for_its_users_alone) {
    const pusherd_folder folder;
    folder.print(with_name({"token", "issue", "@alice:example.org"}, "example.org"));
    (void)folder.issue("@bob:example.org");
    for (const char* user : {"@bob:example.com", "@bob:example.org:8448", "@bob:sub.example.org"}) {
        BOOST_TEST(folder.run({"token", "issue", user}).is_refusal());
        const std::string line = "token\t@carol:example.org\nother\t" + std::string(user) + '\n';
        const process_end import = folder.run({"token", "import", "-"}, line);
        BOOST_TEST(import.is_refusal());
        BOOST_TEST(import.err.find("line 2") != std::string::npos, import.err);
    }
    BOOST_TEST(folder.stat("tokens") == 2U);
    BOOST_TEST(folder.run({"token", "issue", "--service", "homeserver"}).status == 0);
}

BOOST_AUTO_TEST_CASE(another_name_is_refused_by_every_command) {
    const pusherd_folder folder;
    folder.print(with_name({"token", "issue", "@alice:example.org"}, "example.org"));
    const auto before = folder.stat("last_transaction");
    for (const command& each : all_commands) {
        BOOST_TEST_CONTEXT(each[0] << ' ' << each.back()) {
            const process_end end = folder.run(with_name(each, "example.com"));
            BOOST_TEST(end.is_refusal(), end.status << end.err);
            BOOST_TEST(end.err.find("example.org") != std::string::npos, end.err);
        }
    }
    BOOST_TEST(folder.stat("last_transaction") == before);
}

BOOST_AUTO_TEST_CASE(serve_records_it_too) {
    const pusherd_folder folder;
    BOOST_TEST(pusherd_server(folder.data(), {"--server-name", "example.org"}).stop().status == 0);
    BOOST_TEST(folder.run({"token", "issue", "@bob:example.com"}).is_refusal());
    BOOST_TEST(pusherd_server(folder.data(), {"--server-name", "example.org"}).stop().status == 0);
}

BOOST_AUTO_TEST_CASE(it_may_be_given_later_unless_others_have_tokens_already) {
    const pusherd_folder folder;
    (void)folder.issue("@alice:example.org");
    BOOST_TEST(folder.run(with_name({"token", "issue", "@bob:example.com"}, "example.com")).is_refusal());
    folder.print(with_name({"token", "issue", "@bob:example.org"}, "example.org"));
    BOOST_TEST(folder.run({"token", "issue", "@bob:example.com"}).is_refusal());
    BOOST_TEST(folder.stat("tokens") == 2U);
}

BOOST_AUTO_TEST_CASE(an_import_for_users_of_another_server_leaves_no_new_database_behind) {
    const pusherd_folder folder;
    BOOST_TEST(folder.run(with_name({"token", "import", "-"}, "example.org"), "token\t@a:example.com\n").is_refusal());
    BOOST_TEST(!std::filesystem::exists(folder.data()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
