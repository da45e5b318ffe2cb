// systemd's watchdog is told that all is well while every thread that serves gets on, and not otherwise.

#include "tests/support/lock_holder.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::map<std::string, std::string> every_fifth_of_a_second{{"WATCHDOG_USEC", "400000"}};

/// A thread of another process that stands still while this lives, as by a deadlock.
class stuck_thread {
public:
    explicit stuck_thread(pid_t thread) : thread_(thread) {
        is_stuck_ = ::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) == 0 &&
                    ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0 &&
                    ::waitpid(thread_, nullptr, __WALL) == thread_;
    }
    ~stuck_thread() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }
    stuck_thread(const stuck_thread&) = delete;
    stuck_thread& operator=(const stuck_thread&) = delete;

    [[nodiscard]] bool is_stuck() const noexcept { return is_stuck_; }

private:
    pid_t thread_;
    bool is_stuck_;
};

pid_t thread_named(pid_t process, const std::string& name) {
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
        std::string found;
        std::ifstream(task.path() / "comm") >> found;
        if (found == name) return std::stoi(task.path().filename().string());
    }
    throw std::runtime_error("no thread is named " + name);
}

/// A service manager, and a server that it watches.
class watched_server {
public:
    explicit watched_server(std::map<std::string, std::string> environment = every_fifth_of_a_second,
                            const std::filesystem::path& data = {})
        : manager_(folder_.file("notify").string()),
          server_(data.empty() ? folder_.data() : data, {"--core-dumps", "--threads", "2", "--drain", "600"},
                  with_socket(std::move(environment))) {
        BOOST_TEST(manager_.receive() == "READY=1");
    }

    /// Whether it is told nothing for much longer than the watchdog waits; what is on its way comes first.
    [[nodiscard]] bool falls_silent() const {
        for (int i = 0; i < 5; ++i)
            if (manager_.receive(2s) == "nothing") return true;
        return false;
    }

    [[nodiscard]] const notify_socket& manager() const noexcept { return manager_; }
    [[nodiscard]] pusherd_server& server() noexcept { return server_; }
    [[nodiscard]] const pusherd_folder& folder() const noexcept { return folder_; }

private:
    [[nodiscard]] std::map<std::string, std::string> with_socket(std::map<std::string, std::string> environment) const {
        environment["NOTIFY_SOCKET"] = folder_.file("notify").string();
        return environment;
    }

    pusherd_folder folder_;
    notify_socket manager_;
    pusherd_server server_;
};

void check_stuck_thread(const std::string& name, const std::string& told) {
    watched_server watched;
    for (int i = 0; i < 3; ++i) BOOST_TEST(watched.manager().receive() == "WATCHDOG=1");
    {
        const stuck_thread stuck(thread_named(watched.server().process().pid(), name));
        if (!stuck.is_stuck()) {
            BOOST_TEST_MESSAGE("ptrace is not allowed here: nothing was tested");
            return;
        }
        BOOST_TEST(watched.falls_silent(), name);
        (void)watched.server().process().wait_for_line(told);
    }
    for (int i = 0; i < 3; ++i) BOOST_TEST(watched.manager().receive() == "WATCHDOG=1");
    BOOST_TEST(watched.server().stop().status == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watchdog)

BOOST_AUTO_TEST_CASE(it_is_told_that_all_is_well_until_the_end) {
    watched_server watched;
    for (int i = 0; i < 5; ++i) BOOST_TEST(watched.manager().receive() == "WATCHDOG=1");
    watched.server().process().signal(SIGHUP);
    BOOST_TEST(watched.manager().receive_news().starts_with("RELOADING=1"));
    BOOST_TEST(watched.manager().receive_news() == "READY=1");
    BOOST_TEST(watched.manager().receive() == "WATCHDOG=1");
    BOOST_TEST(watched.server().stop().status == 0);
    BOOST_TEST(watched.manager().receive_news() == "STOPPING=1");
}

BOOST_AUTO_TEST_CASE(it_is_told_so_while_the_server_drains) {
    watched_server watched;
    const std::string token = watched.folder().issue("@alice:example.org");
    http_connection set(watched.server().port());
    BOOST_TEST(
        set.send("POST /_matrix/client/v3/pushers/set HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                 "Expect: 100-continue\r\nAuthorization: Bearer " +
                 token + "\r\n\r\n"));
    BOOST_TEST(set.read_answer(true).status == 100);
    watched.server().process().signal(SIGTERM);
    BOOST_TEST(watched.manager().receive_news() == "STOPPING=1");
    for (int i = 0; i < 3; ++i) BOOST_TEST(watched.manager().receive() == "WATCHDOG=1");
    BOOST_TEST(set.send("{}"));
    BOOST_TEST(watched.server().process().wait().status == 0);
}

BOOST_AUTO_TEST_CASE(without_a_watchdog_or_with_one_of_another_process_it_is_told_nothing) {
    for (const std::map<std::string, std::string>& environment :
         {std::map<std::string, std::string>{},
          {{"WATCHDOG_USEC", "400000"}, {"WATCHDOG_PID", std::to_string(::getpid())}},
          {{"WATCHDOG_USEC", "soon"}}}) {
        watched_server watched(environment);
        BOOST_TEST(watched.manager().receive(1s) == "nothing");
        BOOST_TEST(watched.server().stop().status == 0);
    }
}

BOOST_AUTO_TEST_CASE(it_is_told_nothing_while_an_io_thread_stands_still) {
    check_stuck_thread("pusherd-io", "an I/O thread does not get on");
}

BOOST_AUTO_TEST_CASE(it_is_told_nothing_while_the_thread_that_writes_stands_still) {
    check_stuck_thread("pusherd-commit", "the thread that writes does not get on");
}

// To start the server anew would not help, and it would then wait for that lock before it serves a single list.
BOOST_AUTO_TEST_CASE(another_process_that_stands_still_with_the_lock_of_writers_is_no_reason_to_be_silent) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    lock_holder holder(folder.data());
    watched_server watched(every_fifth_of_a_second, folder.data());
    holder.take_lock();
    http_connection alice(watched.server().port());
    alice.send(request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body("app", "key")));
    BOOST_TEST(!alice.is_readable_within(200ms));
    for (int i = 0; i < 10; ++i) BOOST_TEST(watched.manager().receive() == "WATCHDOG=1");
    BOOST_TEST(watched.server().client(token).get().status == 200);
    holder.kill();
    BOOST_TEST(alice.read_answer().status == 200);
    BOOST_TEST(watched.server().stop().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
