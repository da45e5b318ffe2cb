// Backups while many clients set and delete: each is of one moment, with all that was answered before it began. And
// backups that are killed.

#include "tests/support/crash_client.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

constexpr unsigned users = 8;
constexpr unsigned connections_a_user = 4;
constexpr int backups = 6;
constexpr int answers_between = 300;

struct finished_backup {
    std::string folder;
    moment began;
    moment ended;
};

/// Users who set and delete until they are told to stop.
class busy_users {
public:
    busy_users(const pusherd_folder& folder, std::uint16_t port) {
        for (unsigned i = 0; i < users; ++i) clients_.emplace_back(i, folder.issue(crash_user(i)));
        for (crash_client& each : clients_)
            threads_.emplace_back([this, &each, port] {
                each.run(
                    port, clock_,
                    [this] {
                        ++answers_;
                        return !done_;
                    },
                    connections_a_user);
            });
    }
    ~busy_users() { stop(); }
    busy_users(const busy_users&) = delete;
    busy_users& operator=(const busy_users&) = delete;

    void stop() {
        done_ = true;
        for (std::thread& each : threads_)
            if (each.joinable()) each.join();
    }

    void wait_for_more() const {
        for (const int before = answers_; answers_ < before + answers_between;) std::this_thread::yield();
    }

    [[nodiscard]] moment now() { return clock_.now(); }

    [[nodiscard]] std::vector<asked_set> take_sets() {
        std::vector<asked_set> all;
        for (crash_client& each : clients_) {
            BOOST_TEST(each.problem() == "");
            const auto sets = each.take_sets();
            all.insert(all.end(), sets.begin(), sets.end());
        }
        return all;
    }

    /// What they find on a server.
    [[nodiscard]] found_pushers list(const pusherd_server& server) const {
        found_pushers found;
        for (const crash_client& each : clients_)
            for (const auto& fault :
                 add_shown(found, each.user(), server.client(each.token()).get().json().at("pushers").as_array()))
                BOOST_ERROR(fault);
        return found;
    }

private:
    crash_clock clock_;
    std::vector<crash_client> clients_;
    std::atomic<bool> done_ = false;
    std::atomic<int> answers_ = 0;
    std::vector<std::thread> threads_;
};

/// The history as a backup may have seen it: what was answered before it began, nothing that was sent after its end,
/// and in between any of it.
crash_history history_for(std::vector<asked_set> sets, const finished_backup& backup) {
    for (asked_set& each : sets) {
        each.sent.position = each.sent.tick > backup.ended.tick ? 2 : 0;
        each.answered.position = each.answered.tick > backup.began.tick ? 2 : 0;
    }
    crash_history history;
    history.add(sets);
    return history;
}

std::string many_lines(int pushers) {
    std::string lines;
    for (int i = 0; i < pushers; ++i)
        lines += R"({"user_id":"@seeded)" + std::to_string(i / 4) + R"(:example.org","created_ts":1,"updated_ts":2,)" +
                 pusher_body("org.example.app", "key" + std::to_string(i)).substr(1) + '\n';
    return lines;
}

/// Starts a backup and kills it as soon as it writes. False if it was faster.
bool is_killed_half_way(const pusherd_folder& of, const fs::path& folder) {
    pusherd_process backup({.arguments = {"backup", folder.string(), "--data", of.data().string()}});
    std::error_code ignored;
    while ((!fs::exists(folder, ignored) || fs::is_empty(folder, ignored)) && backup.errors().empty())
        std::this_thread::yield();
    backup.signal(SIGKILL);
    return backup.wait().status != 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backup_under_load)

BOOST_AUTO_TEST_CASE(a_backup_beside_sets_is_of_one_moment_and_holds_all_that_was_answered_before) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0", "--threads", "4"});
    std::vector<finished_backup> finished;
    busy_users busy(folder, server.port());
    for (int i = 0; i < backups; ++i) {
        busy.wait_for_more();
        finished_backup& each = finished.emplace_back();
        each.folder = folder.file("backup" + std::to_string(i)).string();
        each.began = busy.now();
        folder.print({"backup", each.folder});
        each.ended = busy.now();
    }
    busy.wait_for_more();
    busy.stop();
    const std::vector<asked_set> sets = busy.take_sets();
    for (const finished_backup& each : finished) {
        BOOST_TEST(run_pusherd({.arguments = {"verify", "--data", each.folder}}).out.starts_with("ok: "));
        const pusherd_server copy(each.folder);
        for (const std::string& fault : history_for(sets, each).faults(busy.list(copy), 1)) BOOST_ERROR(fault);
    }
    BOOST_TEST(folder.print({"verify"}).starts_with("ok: "));
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(a_backup_that_is_killed_half_way_leaves_no_database_and_disturbs_nobody) {
    const pusherd_folder folder;
    write_file(folder.file("lines"), many_lines(40'000));
    folder.print({"import", folder.file("lines").string()});
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org"));
    int killed = 0;
    for (int i = 0; i < 5; ++i) {
        const fs::path backup = folder.file("backup" + std::to_string(i));
        if (!is_killed_half_way(folder, backup)) continue;
        ++killed;
        BOOST_TEST(!fs::exists(backup / "data.mdb"));
        const auto before = contents_of(backup);
        for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
                 {"stat"}, {"verify"}, {"export"}, {"serve", "--listen", "127.0.0.1:0"}}) {
            invocation on_it{.arguments = command};
            on_it.arguments.insert(on_it.arguments.end(), {"--data", backup.string()});
            BOOST_TEST(run_pusherd(on_it).is_refusal(), command.front());
        }
        BOOST_TEST(folder.run({"backup", backup.string()}).is_refusal());
        BOOST_TEST((contents_of(backup) == before));
        BOOST_TEST(alice.set(pusher_body("org.example.app", std::to_string(i))).status == 200);
    }
    BOOST_TEST(killed > 0);
    const std::string good = folder.file("good").string();
    folder.print({"backup", good});
    BOOST_TEST(run_pusherd({.arguments = {"export", "--data", good}}).out == folder.print({"export"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
