// Several processes have one database open: servers, and commands beside them.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string app = "org.example.app";

}  // namespace

BOOST_AUTO_TEST_SUITE(several_processes)

BOOST_AUTO_TEST_CASE(what_a_command_does_a_server_sees_at_once) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0", "--threads", "4"});
    for (int i = 0; i < 10; ++i) {
        const std::string token = folder.issue("@alice:example.org", "PHONE");
        http_client alice = server.client(token);
        BOOST_TEST(alice.get().status == 200);
        BOOST_TEST(alice.set(pusher_body(app, "key")).field("pusherd-outcome") == "created");
        BOOST_TEST((numbers_in(folder.print({"token", "revoke", token})) == std::vector<std::uint64_t>{1, 1}));
        BOOST_TEST(alice.get().errcode() == "M_UNKNOWN_TOKEN");
        BOOST_TEST(alice.set(pusher_body(app, "key")).errcode() == "M_UNKNOWN_TOKEN");
    }
    BOOST_TEST(folder.stat("pushers") == 0U);
}

BOOST_AUTO_TEST_CASE(every_command_works_while_a_server_runs) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    folder.print({"token", "import", "-"}, "alice\t@alice:example.org\tPHONE\n");
    http_client alice = server.client("alice");
    BOOST_TEST(alice.set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(folder.print({"token", "list"}).find("@alice:example.org") != std::string::npos);
    BOOST_TEST(folder.stat("pushers") == 1U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    BOOST_TEST(
        (numbers_in(folder.print({"user", "remove", "@alice:example.org"})) == std::vector<std::uint64_t>{1, 1}));
    BOOST_TEST(alice.get().status == 401);
}

BOOST_AUTO_TEST_CASE(two_servers_on_one_database_show_the_same) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server one(folder.data());
    pusherd_server other(folder.data());
    http_client here = one.client(token);
    http_client there = other.client(token);
    BOOST_TEST(here.set(pusher_body(app, "1")).field("pusherd-outcome") == "created");
    BOOST_TEST(there.set(pusher_body(app, "1")).field("pusherd-outcome") == "unchanged");
    BOOST_TEST(there.set(pusher_body(app, "2")).field("pusherd-outcome") == "created");
    BOOST_TEST(pushkeys_in(here.get()) == "1 2 ");
    BOOST_TEST(there.get().body == here.get().body);
    BOOST_TEST(one.stop().status == 0);
    BOOST_TEST(there.set(removal_body(app, "1")).field("pusherd-outcome") == "deleted");
    BOOST_TEST(pushkeys_in(there.get()) == "2 ");
}

BOOST_AUTO_TEST_CASE(two_users_who_fight_for_a_key_over_two_servers_leave_exactly_one) {
    constexpr int rounds = 50;
    const pusherd_folder folder;
    std::vector<std::unique_ptr<pusherd_server>> servers;
    std::vector<std::string> tokens;
    for (int i = 0; i < 2; ++i)
        servers.push_back(std::make_unique<pusherd_server>(folder.data(), std::vector<std::string>{"--set-rate", "0"}));
    for (int i = 0; i < 4; ++i) tokens.push_back(folder.issue("@user" + std::to_string(i) + ":example.org"));
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::thread> threads;
        std::vector<int> statuses(tokens.size());
        for (std::size_t i = 0; i < tokens.size(); ++i)
            threads.emplace_back([&, i] {
                http_client client = servers[i % servers.size()]->client(tokens[i]);
                statuses[i] = client.set(pusher_body(app, "key" + std::to_string(round))).status;
            });
        for (std::thread& each : threads) each.join();
        BOOST_TEST(std::count(statuses.begin(), statuses.end(), 200) == static_cast<long>(tokens.size()));
        BOOST_TEST_REQUIRE(folder.stat("pushers") == static_cast<std::uint64_t>(round) + 1);
    }
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_killed_server_leaves_another_able_to_write) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server survivor(folder.data(), {"--set-rate", "0"});
    http_client alice = survivor.client(token);
    for (int i = 0; i < 5; ++i) {
        pusherd_server doomed(folder.data());
        BOOST_TEST(doomed.client(token).set(pusher_body(app, "doomed" + std::to_string(i))).status == 200);
        doomed.kill();
        BOOST_TEST(alice.set(pusher_body(app, std::to_string(i))).status == 200);
    }
    BOOST_TEST(alice.get().json().at("pushers").as_array().size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
