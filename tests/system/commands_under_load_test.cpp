// Tokens come and go by commands, while a server answers on four threads.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string app = "org.example.app";

/// Somebody who sets and lists all the time, and whom the commands do not concern: no answer may be another.
class bystander {
public:
    bystander(std::uint16_t port, const std::string& token, std::string key)
        : client_(port, token), key_(std::move(key)), thread_([this] { work(); }) {}

    ~bystander() { stop(); }
    bystander(const bystander&) = delete;
    bystander& operator=(const bystander&) = delete;

    void stop() {
        done_ = true;
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] int rounds() const { return rounds_; }

private:
    void work() {
        try {
            for (; !done_ && problem_.empty(); ++rounds_) {
                const std::string version = std::to_string(rounds_);
                const answer written = client_.set(pusher_body(app, key_, version));
                const answer read = client_.get();
                if (written.status != 200) problem_ = "a set: " + written.body;
                if (read.status != 200 || read.body.find("\"lang\":\"" + version + "\"") == std::string::npos)
                    problem_ = "a list after " + version + ": " + read.body;
            }
        } catch (const std::exception& failed) {
            problem_ = failed.what();
        }
    }

    http_client client_;
    std::string key_;
    std::atomic<bool> done_ = false;
    int rounds_ = 0;
    std::string problem_;
    std::thread thread_;
};

struct busy_server {
    pusherd_folder folder;
    pusherd_server server{folder.data(), {"--threads", "4", "--set-rate", "0"}};
    std::vector<std::unique_ptr<bystander>> bystanders = start();

    std::vector<std::unique_ptr<bystander>> start() const {
        std::vector<std::unique_ptr<bystander>> all;
        for (int i = 0; i < 8; ++i) {
            const std::string name = "bystander" + std::to_string(i);
            all.push_back(std::make_unique<bystander>(server.port(), folder.issue("@" + name + ":example.org"), name));
        }
        return all;
    }

    void check_bystanders() {
        for (const auto& each : bystanders) {
            each->stop();
            BOOST_TEST(each->problem() == "");
            BOOST_TEST(each->rounds() > 0);
        }
        BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
        BOOST_TEST(server.stop().status == 0);
    }

    [[nodiscard]] int status_of(const std::string& token) const { return server.client(token).get().status; }
};

// A token file: so many of Carol's, named by the round.
std::string token_file(int round, int tokens) {
    std::string lines;
    for (int i = 0; i < tokens; ++i)
        lines += "carol-" + std::to_string(round) + "-" + std::to_string(i) + "\t@carol:example.org\tD" +
                 std::to_string(i % 7) + "\n";
    return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(commands_under_load)

BOOST_FIXTURE_TEST_CASE(a_token_is_good_from_its_issue_to_its_revocation_and_no_longer, busy_server) {
    for (int round = 0; round < 15; ++round) {
        const std::string token = folder.issue("@alice:example.org", "PHONE");
        http_client alice = server.client(token);
        BOOST_TEST(alice.set(pusher_body(app, "alice")).field("pusherd-outcome") == "created");
        BOOST_TEST((numbers_in(folder.print({"token", "revoke", "-"}, token)) == std::vector<std::uint64_t>{1, 1}));
        BOOST_TEST(alice.set(pusher_body(app, "alice")).errcode() == "M_UNKNOWN_TOKEN");
        BOOST_TEST(alice.get().errcode() == "M_UNKNOWN_TOKEN");
    }
    check_bystanders();
}

// Whoever finds one token of it valid finds all of them so, and before that none.
BOOST_FIXTURE_TEST_CASE(an_import_comes_into_force_at_once_and_goes_with_its_user, busy_server) {
    constexpr int tokens = 10'000;  // more than one of its transactions
    for (int round = 0; round < 3; ++round) {
        const std::string name = "carol-" + std::to_string(round) + "-";
        std::atomic<bool> done = false;
        std::string problem;
        std::thread watcher([&] {
            while (!done) {
                const int first = status_of(name + "0");
                const int last = status_of(name + std::to_string(tokens - 1));
                if (first == 200 && last != 200) problem = "the first token is valid, and the last one is not";
            }
        });
        BOOST_TEST(folder.print({"token", "import", "-"}, token_file(round, tokens)) == std::to_string(tokens) + "\n");
        done = true;
        watcher.join();
        BOOST_TEST(problem == "");
        BOOST_TEST(status_of(name + "0") == 200);
        BOOST_TEST((numbers_in(folder.print({"user", "remove", "@carol:example.org"})) ==
                    std::vector<std::uint64_t>{tokens, 0}));
        BOOST_TEST(status_of(name + "0") == 401);
    }
    check_bystanders();
}

// Each of these opens the database, and closes it, while others read and write.
BOOST_FIXTURE_TEST_CASE(commands_that_look_disturb_nobody_and_are_disturbed_by_nobody, busy_server) {
    std::vector<std::thread> threads;
    std::atomic<int> failed = 0;
    for (const char* command : {"stat", "verify"})
        threads.emplace_back([&, command] {
            for (int i = 0; i < 15; ++i) failed += folder.run({command}).status != 0 ? 1 : 0;
        });
    threads.emplace_back([&] {
        for (int i = 0; i < 15; ++i) failed += folder.run({"token", "list"}).status != 0 ? 1 : 0;
    });
    for (std::thread& each : threads) each.join();
    BOOST_TEST(failed == 0);
    check_bystanders();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
