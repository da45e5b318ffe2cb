// A full disk fails sets, and nothing else; with room again, they work again. Needs root: it mounts a small tmpfs.

#include "tests/support/pusherd_folder.hpp"
#include "tests/support/small_filesystem.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::testing {
namespace {

std::string large_pusher(int number) {
    const std::string lang(1000, 'l');
    return pusher_body("org.example.app", "key" + std::to_string(number), lang);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(full_disk)

BOOST_AUTO_TEST_CASE(on_a_full_disk_sets_are_500_and_reads_go_on_until_there_is_room_again) {
    const temporary_folder temporary;
    const small_filesystem disk(temporary.path() / "disk");
    if (!disk.is_mounted()) {
        BOOST_WARN_MESSAGE(false, "skipped: a tmpfs cannot be mounted here");
        return;
    }
    const std::string data = (temporary.path() / "disk" / "data").string();
    const auto run = [&](std::vector<std::string> command) {
        command.insert(command.end(), {"--data", data});
        return run_pusherd({.arguments = std::move(command)});
    };
    std::string token = run({"token", "issue", "@alice:example.org"}).out;
    BOOST_TEST_REQUIRE(!token.empty());
    token.pop_back();

    pusherd_server server(data, {"--set-rate", "0"});
    http_client alice = server.client(token);
    BOOST_TEST_REQUIRE(alice.set(large_pusher(0)).status == 200);

    disk.fill();
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
    const process_end verified = run({"verify"});
    BOOST_TEST(verified.status == 0, verified.err);
    BOOST_TEST(run({"token", "issue", "@bob:example.org"}).is_refusal());

    disk.make_room();
    const answer again = alice.set(large_pusher(answered));
    BOOST_TEST(again.status == 200, again.body);
    BOOST_TEST(alice.get().json().at("pushers").as_array().size() == static_cast<std::size_t>(answered) + 1);
    BOOST_TEST(run({"token", "issue", "@bob:example.org"}).status == 0);
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(run({"verify"}).out.starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
