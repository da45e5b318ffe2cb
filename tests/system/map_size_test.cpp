// The map: recorded by whoever creates the database, grown by one process, adopted by another.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

std::string large_pusher(int number) {
    return pusher_body("org.example.app", "key" + std::to_string(number), std::string(1000, 'l'));
}

std::string token_lines(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i)
        lines += "imported-" + std::to_string(i) + "\t@user" + std::to_string(i) + ":example.org\n";
    return lines;
}

/// Sets until the map is full, and returns how many were stored.
int fill_map(const pusherd_folder& folder, const pusherd_server& server) {
    int stored = 0;
    for (int user = 0; user < 40; ++user) {
        http_client client = server.client(folder.issue("@user" + std::to_string(user) + ":example.org"));
        for (int i = 0; i < 90; ++i) {
            const answer got = client.set(large_pusher(user * 1000 + i));
            if (got.status == 500) return stored;
            BOOST_TEST_REQUIRE(got.status == 200, got.body);
            ++stored;
        }
    }
    return stored;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(map_size)

BOOST_AUTO_TEST_CASE(the_default_map_has_16_gib_and_is_not_disk) {
    const pusherd_folder folder;
    (void)folder.issue("@alice:example.org");
    BOOST_TEST(folder.stat("map_bytes") == (sizeof(void*) >= 8 ? 16384 * mebibyte : 1024 * mebibyte));
    BOOST_TEST(folder.stat("file_bytes") < mebibyte);
}

BOOST_AUTO_TEST_CASE(whoever_creates_the_database_records_the_map_size_and_later_commands_use_it) {
    const pusherd_folder folder;
    folder.print({"token", "issue", "@alice:example.org", "--map-size", "8388608"});
    BOOST_TEST(folder.stat("map_bytes") == 8 * mebibyte);
    (void)folder.issue("@bob:example.org");
    BOOST_TEST(folder.stat("map_bytes") == 8 * mebibyte);
    BOOST_TEST(pusherd_server(folder.data()).stop().status == 0);
    BOOST_TEST(folder.stat("map_bytes") == 8 * mebibyte);
}

BOOST_AUTO_TEST_CASE(serve_with_another_map_size_changes_what_is_recorded) {
    const pusherd_folder folder;
    folder.print({"token", "issue", "@alice:example.org", "--map-size", "8388608"});
    for (const std::uint64_t size : {32 * mebibyte, 4 * mebibyte}) {
        pusherd_server server(folder.data(), {"--map-size", std::to_string(size)});
        BOOST_TEST(folder.stat("map_bytes") == size);
        server.stop();
        BOOST_TEST(folder.stat("map_bytes") == size);
    }
}

BOOST_AUTO_TEST_CASE(a_full_map_is_500_and_leaves_the_database_as_it_was) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--map-size", "1048576", "--set-rate", "0"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(alice.set(large_pusher(-1)).status == 200);
    const int stored = fill_map(folder, server);
    const answer refused = alice.set(pusher_body("org.example.app", "other", std::string(1024, 'x')));
    if (refused.status != 200) BOOST_TEST(refused.errcode() == "M_UNKNOWN");
    BOOST_TEST(server.process().wait_for_line("could not be stored").find("--map-size") != std::string::npos);
    BOOST_TEST(folder.stat("pushers") >= static_cast<std::uint64_t>(stored) + 1);
    BOOST_TEST(alice.get().status == 200);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_server_goes_on_when_an_import_grows_the_map_past_its_own) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--map-size", "1048576", "--set-rate", "0"});
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(alice.set(large_pusher(0)).status == 200);

    const std::string lines = token_lines(20'000);
    BOOST_TEST(folder.run({"token", "import", "-"}, lines).is_refusal());  // it does not fit
    BOOST_TEST(alice.set(large_pusher(1)).status == 200);
    BOOST_TEST(folder.print({"token", "import", "-", "--map-size", "67108864"}, lines) == "20000\n");
    BOOST_TEST(folder.stat("file_bytes") > mebibyte);

    BOOST_TEST(pushkeys_in(alice.get()) == "key0 key1 ");
    BOOST_TEST(alice.set(large_pusher(2)).status == 200);
    BOOST_TEST(pushkeys_in(alice.get()) == "key0 key1 key2 ");
    http_client imported = server.client("imported-19999");
    BOOST_TEST(imported.set(pusher_body("org.example.app", "mine")).status == 200);
    BOOST_TEST(pushkeys_in(imported.get()) == "mine ");
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(reads_alone_adopt_a_map_that_was_grown) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--map-size", "1048576", "--threads", "4"});
    folder.print({"token", "import", "-", "--map-size", "67108864"}, token_lines(20'000));
    for (int i = 0; i < 20'000; i += 1000) {
        const answer list = server.client("imported-" + std::to_string(i)).get();
        BOOST_TEST(list.status == 200, i << ": " << list.body);
    }
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(a_server_with_a_full_map_goes_on_once_a_second_one_has_a_larger) {
    const pusherd_folder folder;
    pusherd_server small(folder.data(), {"--map-size", "1048576", "--set-rate", "0"});
    http_client alice = small.client(folder.issue("@alice:example.org"));
    const int stored = fill_map(folder, small);

    pusherd_server large(folder.data(), {"--map-size", "33554432", "--set-rate", "0"});
    for (int i = 0; i < 90; ++i) BOOST_TEST(alice.set(large_pusher(100'000 + i)).status == 200);
    BOOST_TEST(alice.get().json().at("pushers").as_array().size() == 90U);
    BOOST_TEST(folder.stat("file_bytes") > mebibyte);
    BOOST_TEST(folder.stat("pushers") == static_cast<std::uint64_t>(stored) + 90);
    BOOST_TEST(small.stop().status == 0);
    BOOST_TEST(large.stop().status == 0);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
