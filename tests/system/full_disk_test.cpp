// A full disk fails sets, and nothing else; with room again, they work again. Needs root: it mounts a small tmpfs.

#include "tests/support/pusherd_folder.hpp"
#include "tests/support/small_filesystem.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

/// A data folder on such a file system, and a token.
struct folder_on_small_disk {
    temporary_folder temporary;
    small_filesystem disk{temporary.path() / "disk"};
    std::string data = (temporary.path() / "disk" / "data").string();

    [[nodiscard]] process_end run(std::vector<std::string> command) const {
        command.insert(command.end(), {"--data", data});
        return run_pusherd({.arguments = std::move(command)});
    }

    [[nodiscard]] std::string issue() const {
        std::string token = run({"token", "issue", "@alice:example.org"}).out;
        BOOST_TEST_REQUIRE(!token.empty());
        token.pop_back();
        return token;
    }

    /// Whether there is one: without root there is none.
    [[nodiscard]] bool is_there() const {
        BOOST_WARN_MESSAGE(disk.is_mounted(), "skipped: a tmpfs cannot be mounted here");
        return disk.is_mounted();
    }
};

std::string large_pusher(int number) {
    const std::string lang(1000, 'l');
    return pusher_body("org.example.app", "key" + std::to_string(number), lang);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(full_disk)

BOOST_AUTO_TEST_CASE(on_a_full_disk_sets_are_500_and_reads_go_on_until_there_is_room_again) {
    const folder_on_small_disk on;
    if (!on.is_there()) return;
    const std::string token = on.issue();
    pusherd_server server(on.data, {"--set-rate", "0"});
    http_client alice = server.client(token);
    BOOST_TEST_REQUIRE(alice.set(large_pusher(0)).status == 200);

    on.disk.fill();
    int answered = 1;
    answer last;
    while ((last = alice.set(large_pusher(answered))).status == 200 && answered < 90) ++answered;
    BOOST_TEST(last.status == 500);
    BOOST_TEST(last.errcode() == "M_UNKNOWN");
    BOOST_TEST(server.process().wait_for_line("could not be stored").find("space") != std::string::npos);

    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(alice.set(large_pusher(answered)).status == 500);
        const answer list = alice.get();
        BOOST_TEST(list.status == 200);
        BOOST_TEST(list.json().at("pushers").as_array().size() == static_cast<std::size_t>(answered));
        BOOST_TEST(alice.get("/health").status == 200);
    }
    const process_end verified = on.run({"verify"});
    BOOST_TEST(verified.status == 0, verified.err);
    BOOST_TEST(on.run({"token", "issue", "@bob:example.org"}).is_refusal());

    on.disk.make_room();
    const answer again = alice.set(large_pusher(answered));
    BOOST_TEST(again.status == 200, again.body);
    BOOST_TEST(alice.get().json().at("pushers").as_array().size() == static_cast<std::size_t>(answered) + 1);
    BOOST_TEST(on.run({"token", "issue", "@bob:example.org"}).status == 0);
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(on.run({"verify"}).out.starts_with("ok"));
}

// LMDB maps its lock file. A reader slot on a page of it that the disk has no room for would be a SIGBUS.
BOOST_AUTO_TEST_CASE(readers_find_room_in_the_lock_file_on_a_full_disk) {
    const folder_on_small_disk on;
    if (!on.is_there()) return;
    const std::string token = on.issue();
    const fs::path lock_file = fs::path(on.data) / "lock.mdb";
    {
        pusherd_server server(on.data, {"--threads", "80"});  // a slot each; 62 fill the first page
        on.disk.fill();
        std::vector<http_client> clients;
        for (int i = 0; i < 160; ++i) BOOST_TEST(clients.emplace_back(server.client(token)).get().status == 200);
        BOOST_TEST(server.stop().status == 0);
    }
    fs::remove(lock_file);
    on.disk.fill();
    const process_end refused = on.run({"stat"});
    BOOST_TEST(refused.is_refusal());
    BOOST_TEST(refused.err.find("room for lock.mdb") != std::string::npos, refused.err);
    BOOST_TEST(!fs::exists(lock_file));
    on.disk.make_room();
    BOOST_TEST(on.run({"stat"}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
