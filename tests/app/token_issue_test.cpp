#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <set>
#include <string>

namespace pusherd::testing {
namespace {

std::string without_newline(std::string line) {
    BOOST_TEST_REQUIRE(line.ends_with('\n'));
    line.pop_back();
    return line;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_issue)

BOOST_AUTO_TEST_CASE(it_prints_the_token_alone_and_the_token_works) {
    const pusherd_folder folder;
    const process_end end = folder.run({"token", "issue", "@alice:example.org"});
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.err == "");
    const std::string token = without_newline(end.out);
    BOOST_TEST(token.find_first_of(" \t\r\n") == std::string::npos);
    BOOST_TEST(token.size() >= 43U);  // 256 bits in base64

    pusherd_server server(folder.data());
    BOOST_TEST(server.client(token).get().body == R"({"pushers":[]})");
}

BOOST_AUTO_TEST_CASE(each_token_is_new_and_the_earlier_ones_stay) {
    const pusherd_folder folder;
    std::set<std::string> tokens;
    for (int i = 0; i < 4; ++i) tokens.insert(folder.issue("@alice:example.org", "PHONE"));
    BOOST_TEST(tokens.size() == 4U);
    pusherd_server server(folder.data());
    for (const std::string& token : tokens) BOOST_TEST(server.client(token).get().status == 200);
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_written_is_revoked) {
    const pusherd_folder folder;
    const process_end end =
        run_pusherd({.arguments = {"token", "issue", "@alice:example.org", "--data", folder.data().string()},
                     .output_to = "/dev/full"});
    BOOST_TEST(end.is_refusal());
    BOOST_TEST(folder.print({"token", "list"}) == "");
}

BOOST_AUTO_TEST_CASE(a_token_that_nobody_reads_is_revoked) {
    const pusherd_folder folder;
    const std::string issue =
        PUSHERD_BINARY " token issue @alice:example.org 2> /dev/null --data " + folder.data().string();
    BOOST_TEST(std::system((issue + " >&-").c_str()) != 0);
    // The first ends once nobody reads any more.
    BOOST_TEST(std::system(("{ cat /dev/zero; " + issue + "; } | true").c_str()) == 0);
    BOOST_TEST(folder.print({"token", "list"}) == "");
}

BOOST_AUTO_TEST_CASE(a_token_is_stored_nowhere) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    folder.print({"token", "import", "-"}, "imported-secret\t@alice:example.org\n");
    for (const auto& [name, bytes] : contents_of(folder.data()))
        for (const std::string& secret : {token, std::string("imported-secret")})
            BOOST_TEST((bytes.find(secret) == std::string::npos), name);
}

BOOST_AUTO_TEST_CASE(a_service_token_is_403_on_a_users_routes) {
    const pusherd_folder folder;
    const std::string token = without_newline(folder.print({"token", "issue", "--service", "homeserver"}));
    pusherd_server server(folder.data());
    http_client service = server.client(token);
    const answer list = service.get();
    BOOST_TEST(list.status == 403);
    BOOST_TEST(list.errcode() == "M_FORBIDDEN");
    const answer set = service.set(pusher_body("org.example.app", "key"));
    BOOST_TEST(set.status == 403);
    BOOST_TEST(set.errcode() == "M_FORBIDDEN");
}

BOOST_AUTO_TEST_CASE(historical_user_ids_are_fine) {
    const pusherd_folder folder;
    const std::string longest = "@" + std::string(242, 'a') + ":example.org";
    BOOST_TEST(longest.size() == 255U);
    for (const std::string& user :
         {std::string("@:example.org"), longest, std::string("@A b/\xc3\xa4\t\n!:example.org"),
          std::string("@alice:[::1]:8448"), std::string("@alice:localhost")}) {
        const process_end end = folder.run({"token", "issue", user});
        BOOST_TEST(end.status == 0, user << ": " << end.err);
    }
}

BOOST_AUTO_TEST_CASE(a_device_id_may_have_255_bytes) {
    const pusherd_folder folder;
    for (const std::string& device : {std::string("d"), std::string(255, 'd')})
        BOOST_TEST(folder.run({"token", "issue", "@alice:example.org", "--device", device}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
