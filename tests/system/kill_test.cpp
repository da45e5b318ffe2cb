// kill -9 at random moments: what was answered with 200 is there, what was not answered is whole or absent.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr int rounds = 10;
constexpr int writers = 8;
constexpr int keys_a_writer = 6;
const std::string app = "org.example.app";

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

/// A user who sets and deletes until the server is gone. A pusher's version is its `lang`; none: there is no such
/// pusher.
class writer {
public:
    using version = std::optional<std::string>;

    // Keys of its own: others would evict its pushers.
    writer(std::string token, unsigned number)
        : token_(std::move(token)), keys_(std::to_string(number) + "-"), random_(number) {}

    void write_until_the_end(std::uint16_t port, answer_counter& answers) {
        pending_.reset();
        try {
            http_client client(port, token_);
            for (;;) {
                const std::string key = keys_ + std::to_string(random_() % keys_a_writer);
                const version wanted = random_() % 4 == 0 ? version() : version(std::to_string(++versions_));
                pending_.emplace(key, wanted);
                const answer got = client.set(wanted ? pusher_body(app, key, *wanted) : removal_body(app, key));
                if (got.status != 200) throw std::logic_error(got.body);
                answered_[key] = wanted;
                pending_.reset();
                answers.count();
            }
        } catch (const std::logic_error& refused) {
            problem_ = refused.what();
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the server is gone
        }
    }

    /// Compares with what is there after the restart, and goes on from that.
    std::size_t check(std::uint16_t port) {
        BOOST_TEST(problem_ == "");
        std::map<std::string, version> found;
        const answer list = http_client(port, token_).get();
        BOOST_TEST_REQUIRE(list.status == 200);
        const auto body = list.json();
        for (const auto& each : body.at("pushers").as_array()) {
            const std::string key = each.at("pushkey").as_string().c_str();
            BOOST_TEST(!found.contains(key));
            BOOST_TEST(each.at("app_id").as_string() == app);
            BOOST_TEST(each.at("data").at("url").as_string() == "https://push.example.org/_matrix/push/v1/notify");
            found[key] = each.at("lang").as_string().c_str();
        }
        const std::size_t count = found.size();
        for (int i = 0; i < keys_a_writer; ++i) {
            const std::string key = keys_ + std::to_string(i);
            const bool as_answered = found[key] == answered_[key];
            const bool as_pending = pending_ && pending_->first == key && found[key] == pending_->second;
            BOOST_TEST((as_answered || as_pending), key << " is " << found[key].value_or("absent") << ", answered was "
                                                        << answered_[key].value_or("absent"));
        }
        answered_ = found;
        return count;
    }

private:
    std::string token_;
    std::string keys_;
    std::minstd_rand random_;
    std::map<std::string, version> answered_;
    std::optional<std::pair<std::string, version>> pending_;
    unsigned long versions_ = 0;
    std::string problem_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(kill)

BOOST_AUTO_TEST_CASE(what_was_answered_200_survives_kill_9_and_what_was_not_is_whole_or_absent) {
    const pusherd_folder folder;
    std::vector<writer> all;
    for (unsigned i = 0; i < writers; ++i)
        all.emplace_back(folder.issue("@user" + std::to_string(i) + ":example.org"), i + 1);
    std::minstd_rand random(std::random_device{}());

    for (int round = 0; round < rounds; ++round) {
        const int answers_before_the_end = static_cast<int>(random() % 600);
        BOOST_TEST_CONTEXT("round " << round << ", killed after " << answers_before_the_end << " answers") {
            answer_counter answers;
            {
                pusherd_server server(folder.data(), {"--set-rate", "0", "--threads", "4"});
                std::vector<std::thread> threads;
                for (writer& each : all)
                    threads.emplace_back([&] { each.write_until_the_end(server.port(), answers); });
                answers.wait_for(answers_before_the_end);
                server.kill();
                for (std::thread& each : threads) each.join();
            }
            BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
            pusherd_server again(folder.data());
            std::size_t pushers = 0;
            for (writer& each : all) pushers += each.check(again.port());
            BOOST_TEST(folder.stat("pushers") == pushers);
            BOOST_TEST(folder.stat("tokens") == std::uint64_t{writers});
            BOOST_TEST(again.stop().status == 0);
        }
    }
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
