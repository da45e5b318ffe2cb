// --log-requests, through the real binary.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

namespace pusherd::testing {
namespace {

std::size_t occurrences(const std::string& part, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_log)

BOOST_AUTO_TEST_CASE(requests_are_logged_without_their_tokens) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), {"--log-requests", "on"});
    BOOST_TEST(server.client().get("/_matrix/client/v3/pushers?access_token=" + token).status == 200);
    BOOST_TEST(server.client(token).set(pusher_body("org.example.app", "key")).status == 200);
    BOOST_TEST(server.client(token).get("/nowhere?" + token).status == 404);
    (void)server.process().wait_for_line("GET /_matrix/client/v3/pushers?access_token= 200 in ");
    (void)server.process().wait_for_line("POST /_matrix/client/v3/pushers/set 200 in ");
    (void)server.process().wait_for_line("GET /nowhere?...= 404 in ");
    BOOST_TEST(server.stop().err.find(token) == std::string::npos);
}

// What a request was told of is not what the one before it on the same buffer was.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_logged_as_that) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), {"--log-requests", "on", "--threads", "1"});
    BOOST_TEST(server.client().get("/health").status == 200);
    {
        const std::string set =
            request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body("org.example.app", "key"));
        http_connection abandoned(server.port());
        abandoned.send(set.substr(0, set.size() - 1));
    }
    BOOST_TEST(server.client().get("/_matrix/client/versions").status == 200);
    for (int i = 0; i < 2; ++i) {
        http_connection unreadable(server.port());
        unreadable.send("nonsense\r\n\r\n");
        BOOST_TEST(unreadable.read_answer().status == 400);
    }
    const std::string said = server.stop().err;
    BOOST_TEST(occurrences("(unreadable) 400 in ", said) == 2U, said);
    BOOST_TEST(occurrences(" 400 in ", said) == 2U, said);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
