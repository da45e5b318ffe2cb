// data.mdb is deleted, moved or replaced under a server, as by somebody who restores a backup beside it: nothing is
// answered 200 that would be lost with the old file.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

}  // namespace

BOOST_AUTO_TEST_SUITE(replaced_file)

BOOST_AUTO_TEST_CASE(sets_are_refused_while_it_is_gone_and_lists_go_on) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data());
    http_client alice = server.client(token);
    BOOST_TEST(alice.set(pusher_body("org.example.app", "one")).status == 200);
    const fs::path data = folder.data() / "data.mdb";
    const fs::path moved = folder.data() / "old.mdb";

    fs::rename(data, moved);
    BOOST_TEST(alice.set(pusher_body("org.example.app", "two")).status == 500);
    BOOST_TEST(server.process().wait_for_line("moved, deleted or replaced").find("could not be stored") !=
               std::string::npos);
    fs::copy_file(moved, data);  // what is read is the old one's
    BOOST_TEST(alice.set(pusher_body("org.example.app", "two")).status == 500);
    BOOST_TEST(pushkeys_in(alice.get()) == "one ");

    fs::remove(data);
    fs::rename(moved, data);
    BOOST_TEST(alice.set(pusher_body("org.example.app", "two")).status == 200);
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(folder.stat("pushers") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
