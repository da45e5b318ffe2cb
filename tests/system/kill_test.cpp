// kill -9 at random moments, while many clients set, delete and list: what was answered with 200 is there, what was not
// answered is whole or absent, and of a key that several users fight for without append there is one holder. What a
// homeserver has handed over waits.
//
// PUSHERD_TORTURE_ROUNDS makes it long (./dev torture): then it also tells how long each restart takes.

#include "tests/support/crash_client.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr unsigned long rounds_by_default = 10;
constexpr unsigned writers = 12;
constexpr unsigned connections_a_writer = 4;
constexpr unsigned listers = 4;
constexpr unsigned connections_a_lister = 8;

using milliseconds = std::chrono::duration<double, std::milli>;

/// Lets the one who kills wait until so many sets were answered.
class answer_counter {
public:
    void count() {
        const std::lock_guard lock(mutex_);
        ++answers_;
        more_.notify_all();
    }
    void wait_for(int answers) {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [&] { return answers_ >= answers; });
    }

private:
    std::mutex mutex_;
    std::condition_variable more_;
    int answers_ = 0;
};

/// A user who lists until the server is gone, and looks at what comes.
class lister {
public:
    lister(std::string user, std::string token) : user_(std::move(user)), token_(std::move(token)) {}

    void run(std::uint16_t port) {
        std::vector<http_client> all;
        for (unsigned i = 0; i < connections_a_lister; ++i) all.emplace_back(port, token_);
        try {
            for (std::size_t i = 0; problem_.empty(); ++i) look_at(all[i % all.size()].get());
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the server is gone
        }
    }

    /// What was wrong with an answer; empty: nothing.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    void look_at(const answer& list) {
        found_pushers found;
        if (list.status != 200)
            problem_ = list.body;
        else if (const auto faults = add_shown(found, user_, list.json().at("pushers").as_array()); !faults.empty())
            problem_ = faults.front();
    }

    std::string user_;
    std::string token_;
    std::string problem_;
};

/// A homeserver that hands over one notification after another until the server is gone, all for a user who has a
/// pusher and does nothing.
class teller {
public:
    explicit teller(const pusherd_folder& folder)
        : folder_(folder),
          users_token_(folder.issue("@told:example.org")),
          token_(folder.print({"token", "issue", "--service", "homeserver"})) {
        token_.pop_back();
    }

    void set_pusher(std::uint16_t port) const {
        BOOST_TEST(http_client(port, users_token_).set(pusher_body("org.example.app", "told")).status == 200);
    }

    void run(std::uint16_t port) {
        http_client client(port, token_);
        answered_ = items_.size();
        try {
            while (problem_.empty()) {
                items_.push_back(next_item());
                const answer got = client.post(path, items_.back());
                if (got.body != R"({"queued":1})") problem_ = got.body;
                answered_ = items_.size();
            }
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the server is gone
        }
    }

    /// Hands all of them over once more: what was answered waits already, what was not may. Then all do, or as many as
    /// a queue takes.
    void check(std::uint16_t port) {
        constexpr std::size_t most_waiting = 100;
        const std::size_t unanswered = items_.size() - answered_;
        std::string batch;
        for (const std::string& each : items_) batch.append(batch.empty() ? "" : ",").append(each);
        if (!batch.empty()) {
            const answer got = http_client(port, token_).post(path, R"({"notifications":[)" + batch + "]}");
            BOOST_TEST_REQUIRE(got.status == 200);
            const auto queued = numbers_in(got.body).front();
            BOOST_TEST(queued <= unanswered, queued << " of " << items_.size() << " were lost");
        }
        told_ += items_.size();
        items_.clear();
        BOOST_TEST(folder_.stat("pokes_waiting") == std::min(told_, most_waiting));
    }

    /// An answer that should be another; empty: none.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    [[nodiscard]] std::string next_item() const {
        return R"({"user_id":"@told:example.org","notification":{"event_id":"$)" +
               std::to_string(told_ + items_.size()) + R"(","content":{"body":")" + std::string(300, 'x') + "\"}}}";
    }

    static constexpr std::string_view path = "/_pusherd/v1/notify";
    const pusherd_folder& folder_;
    std::string users_token_;
    std::string token_;
    std::vector<std::string> items_;  // since the last restart
    std::size_t answered_ = 0;        // of these
    std::size_t told_ = 0;            // before
    std::string problem_;
};

/// The users, and what they know of the server.
class torture {
public:
    explicit torture(const pusherd_folder& folder) : folder_(folder), teller_(folder) {
        for (unsigned i = 0; i < writers; ++i) writers_.emplace_back(i, folder.issue(crash_user(i)));
        // They list what the first writers set meanwhile.
        for (unsigned i = 0; i < listers; ++i) listers_.emplace_back(writers_[i].user(), writers_[i].token());
    }

    void use_and_kill(pusherd_server& server, int after_answers) {
        answer_counter answers;
        std::vector<std::thread> threads;
        const auto go_on = [&answers] {
            answers.count();
            return true;
        };
        for (crash_client& each : writers_)
            threads.emplace_back([&] { each.run(server.port(), clock_, go_on, connections_a_writer); });
        for (lister& each : listers_) threads.emplace_back([&] { each.run(server.port()); });
        threads.emplace_back([&] { teller_.run(server.port()); });
        answers.wait_for(after_answers);
        server.kill();
        for (std::thread& each : threads) each.join();
        for (const crash_client& each : writers_) BOOST_TEST(each.problem() == "");
        for (const lister& each : listers_) BOOST_TEST(each.problem() == "");
        BOOST_TEST(teller_.problem() == "");
    }

    void set_told_pusher(std::uint16_t port) const { teller_.set_pusher(port); }

    [[nodiscard]] const std::string& a_token() const { return writers_.front().token(); }

    /// Compares what is there after the restart with what was answered, and goes on from that.
    void check(std::uint16_t port) {
        for (crash_client& each : writers_) history_.add(each.take_sets());
        found_pushers found;
        for (const crash_client& each : writers_) {
            const answer list = http_client(port, each.token()).get();
            BOOST_TEST_REQUIRE(list.status == 200);
            for (const auto& fault : add_shown(found, each.user(), list.json().at("pushers").as_array()))
                BOOST_ERROR(fault);
        }
        for (const std::string& fault : history_.faults(found)) BOOST_ERROR(fault);
        BOOST_TEST(folder_.stat("pushers") == found.size() + 1);           // the told user's
        BOOST_TEST(folder_.stat("tokens") == std::uint64_t{writers} + 2);  // that user's, and the homeserver's
        teller_.check(port);
        history_ = crash_history(found);
    }

private:
    const pusherd_folder& folder_;
    crash_clock clock_;
    crash_history history_;
    std::vector<crash_client> writers_;
    std::vector<lister> listers_;
    teller teller_;
};

/// A server that was started, and how long it took from exec to its first answer to a list.
struct timed_server {
    timed_server(const pusherd_folder& folder, const std::string& token)
        : server(folder.data(), {"--set-rate", "0", "--threads", "4"}) {
        BOOST_TEST(server.client(token).get().status == 200);
        taken = std::chrono::steady_clock::now() - begin;
    }

    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    pusherd_server server;
    milliseconds taken{};
};

/// How long the restarts took; told only in the long run: a short one may have a slow machine, or a sanitizer.
class restart_times {
public:
    explicit restart_times(bool are_told) : are_told_(are_told) {}

    void add(unsigned round, int answers, milliseconds taken) {
        all_.push_back(taken);
        if (!are_told_) return;
        std::printf("round %u: killed after %d answers, restarted in %.1f ms\n", round, answers, taken.count());
        std::fflush(stdout);
    }
    void sum_up() {
        if (!are_told_ || all_.empty()) return;
        std::sort(all_.begin(), all_.end());
        std::printf("%zu restarts after kill -9, from exec to the first answer: median %.1f ms, longest %.1f ms\n",
                    all_.size(), all_[all_.size() / 2].count(), all_.back().count());
    }

private:
    bool are_told_;
    std::vector<milliseconds> all_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(kill)

BOOST_AUTO_TEST_CASE(what_was_answered_200_survives_kill_9_and_what_was_not_is_whole_or_absent) {
    const char* const wanted = std::getenv("PUSHERD_TORTURE_ROUNDS");
    const auto rounds = wanted == nullptr ? rounds_by_default : std::strtoul(wanted, nullptr, 10);
    const pusherd_folder folder;
    torture users(folder);
    std::minstd_rand random(std::random_device{}());
    restart_times times(wanted != nullptr);
    auto current = std::make_unique<timed_server>(folder, users.a_token());
    users.set_told_pusher(current->server.port());

    for (unsigned round = 1; round <= rounds; ++round) {
        const int answers = static_cast<int>(random() % 600);
        BOOST_TEST_CONTEXT("round " << round << ", killed after " << answers << " answers") {
            users.use_and_kill(current->server, answers);
            current = std::make_unique<timed_server>(folder, users.a_token());
            times.add(round, answers, current->taken);
            users.check(current->server.port());
            BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
        }
    }
    times.sum_up();
    BOOST_TEST(current->server.stop().status == 0);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
