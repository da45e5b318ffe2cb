// Several servers on one database, whose users take the same keys from each other, as fast as they can.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr std::size_t servers = 3;
constexpr std::size_t users = 6;
constexpr int keys = 4;
constexpr int sets_a_user = 80;
const std::string app = "org.example.app";

std::string key(std::uint64_t number) { return "key" + std::to_string(number % keys); }

/// What a list holds: the version (`lang`) of each key.
std::map<std::string, int> versions_in(const answer& list) {
    std::map<std::string, int> found;
    const auto body = list.json();
    for (const auto& each : body.at("pushers").as_array())
        found[each.at("pushkey").as_string().c_str()] = std::stoi(each.at("lang").as_string().c_str());
    return found;
}

struct cluster {
    pusherd_folder folder;
    std::vector<std::unique_ptr<pusherd_server>> all;
    std::vector<std::string> tokens;

    cluster() {
        for (std::size_t i = 0; i < servers; ++i)
            all.push_back(std::make_unique<pusherd_server>(
                folder.data(), std::vector<std::string>{"--set-rate", "0", "--threads", "2"}));
        for (std::size_t i = 0; i < users; ++i)
            tokens.push_back(folder.issue("@user" + std::to_string(i) + ":example.org"));
    }

    [[nodiscard]] http_client client(std::size_t user, std::size_t server) const {
        return all[server % servers]->client(tokens[user]);
    }
};

/// A user who sets at one server, and lists at another: after an answered set, the other shows that version, or no
/// pusher at all, because somebody has taken the key since.
std::string set_and_look_elsewhere(const cluster& where, std::size_t user) {
    http_client here = where.client(user, user);
    http_client there = where.client(user, user + 1);
    std::minstd_rand random(static_cast<unsigned>(user + 1));
    for (int version = 1; version <= sets_a_user; ++version) {
        const std::string what = key(random());
        const answer set = here.set(pusher_body(app, what, std::to_string(version)));
        if (set.status != 200) return "a set: " + set.body;
        const auto seen = versions_in(there.get());
        if (const auto found = seen.find(what); found != seen.end() && found->second != version)
            return what + " is " + std::to_string(found->second) + ", answered was " + std::to_string(version);
    }
    return "";
}

/// Lists a user at one server, over and over: what it has seen of a key is never followed by an older version.
std::string look_at(const cluster& where, std::size_t user, std::size_t server, const std::atomic<bool>& done) {
    http_client client = where.client(user, server);
    std::map<std::string, int> newest;
    while (!done)
        for (const auto& [what, version] : versions_in(client.get())) {
            if (version < newest[what])
                return what + " was " + std::to_string(newest[what]) + ", and is " + std::to_string(version);
            newest[what] = version;
        }
    return "";
}

template <class Work>
std::thread in_thread(std::string& problem, Work work) {
    return std::thread([&problem, work] {
        try {
            problem = work();
        } catch (const std::exception& failed) {
            problem = failed.what();
        }
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(several_servers)

BOOST_FIXTURE_TEST_CASE(each_shows_what_any_of_them_has_committed_and_a_key_has_one_holder, cluster) {
    std::atomic<bool> done = false;
    std::vector<std::string> problems(users + servers);
    std::vector<std::thread> setters;
    std::vector<std::thread> lookers;
    for (std::size_t server = 0; server < servers; ++server)
        lookers.push_back(in_thread(problems[users + server], [&, server] { return look_at(*this, 0, server, done); }));
    for (std::size_t user = 0; user < users; ++user)
        setters.push_back(in_thread(problems[user], [&, user] { return set_and_look_elsewhere(*this, user); }));
    for (std::thread& each : setters) each.join();
    done = true;
    for (std::thread& each : lookers) each.join();
    for (const std::string& problem : problems) BOOST_TEST(problem == "");

    std::map<std::string, int> holders;
    for (std::size_t user = 0; user < users; ++user) {
        const std::string shown = client(user, 0).get().body;
        for (std::size_t server = 1; server < servers; ++server) BOOST_TEST(client(user, server).get().body == shown);
        for (const auto& [what, version] : versions_in(client(user, 0).get())) ++holders[what];
    }
    BOOST_TEST(holders.size() == std::size_t{keys});
    for (const auto& [what, count] : holders) BOOST_TEST(count == 1, what);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    for (const auto& each : all) BOOST_TEST(each->stop().status == 0);
}

// Servers come and go, one of them by kill -9, while the others' users go on.
BOOST_FIXTURE_TEST_CASE(one_that_is_killed_or_stopped_disturbs_no_other, cluster) {
    std::vector<std::string> problems(2);
    std::vector<std::thread> setters;
    std::atomic<bool> done = false;
    for (std::size_t user = 0; user < problems.size(); ++user)
        setters.push_back(in_thread(problems[user], [&, user] {
            http_client here = client(user, user);
            for (int version = 1; !done; ++version) {
                const answer set = here.set(pusher_body(app, key(user), std::to_string(version)));
                if (set.status != 200) return "a set: " + set.body;
                if (versions_in(here.get())[key(user)] != version) return "version " + std::to_string(version);
            }
            return std::string();
        }));
    for (int round = 0; round < 6; ++round) {
        pusherd_server guest(folder.data(), {"--set-rate", "0"});
        http_client other = guest.client(tokens[2]);
        for (int i = 0; i < 5; ++i) BOOST_TEST(other.set(pusher_body(app, "guest" + std::to_string(i))).status == 200);
        if (round % 2 == 0)
            guest.kill();
        else
            BOOST_TEST(guest.stop().status == 0);
    }
    done = true;
    for (std::thread& each : setters) each.join();
    for (const std::string& problem : problems) BOOST_TEST(problem == "");
    BOOST_TEST(folder.stat("pushers") == 7U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
