// SIGHUP: the configuration file is read again, and what can change while the server runs does.

#include "tests/support/files.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::string app = "org.example.app";

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A server with a configuration file.
class configured_server {
public:
    explicit configured_server(const std::string& toml, const std::vector<std::string>& flags = {},
                               const std::map<std::string, std::string>& environment = {})
        : token_(folder_.issue("@alice:example.org")), server_(folder_.data(), with_file(toml, flags), environment) {}

    /// Changes the file, sends SIGHUP, and returns the line that tells what has come of it.
    std::string reload(const std::string& toml) {
        write_file(file(), toml);
        server_.process().signal(SIGHUP);
        return server_.process().wait_for_line("configuration", ++reloads_);
    }

    [[nodiscard]] http_client alice() const { return server_.client(token_); }
    [[nodiscard]] std::string said() { return server_.process().errors(); }
    [[nodiscard]] pusherd_server& server() noexcept { return server_; }
    [[nodiscard]] std::filesystem::path file() const { return folder_.file("configuration.toml"); }

private:
    std::vector<std::string> with_file(const std::string& toml, std::vector<std::string> flags) const {
        write_file(file(), toml);
        flags.insert(flags.end(), {"--config", file().string()});
        return flags;
    }

    pusherd_folder folder_;
    std::string token_;
    pusherd_server server_;
    std::size_t reloads_ = 0;
};

int sets_at_once(http_client client) {
    int passed = 0;
    while (passed < 30 && client.set(removal_body(app, "key")).status == 200) ++passed;
    return passed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reload)

BOOST_AUTO_TEST_CASE(without_a_file_nothing_happens_and_the_server_goes_on) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    for (std::size_t i = 1; i <= 3; ++i) {
        server.process().signal(SIGHUP);
        (void)server.process().wait_for_line("there is no configuration file to read again", i);
        BOOST_TEST(server.client().get("/health").status == 200);
    }
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(limits_change_while_it_runs_for_connections_that_are_open_as_well) {
    configured_server server("set-rate = 0.001\nset-burst = 3\nmax-pushers = 1\n");
    http_client open = server.alice();
    BOOST_TEST(open.set(pusher_body(app, "one")).status == 200);
    BOOST_TEST(open.set(pusher_body(app, "two")).errcode() == "M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(sets_at_once(server.alice()) == 1);

    const std::string told = server.reload("set-rate = 0.001\nset-burst = 7\nmax-pushers = 2\nmax-body = 1000\n");
    BOOST_TEST(says(told, "changed: max-pushers, set-burst, max-body"), told);
    while (open.set(std::string(1001, ' ')).status != 413) std::this_thread::yield();  // on its way to each thread
    BOOST_TEST(open.set(pusher_body(app, "two")).status == 200);
    BOOST_TEST(server.server().stop().status == 0);
}

BOOST_AUTO_TEST_CASE(the_log_level_changes_and_the_reload_is_told_at_any) {
    configured_server server("log-level = \"error\"\n");
    BOOST_TEST(says(server.reload("log-level = \"info\"\n"), "changed: log-level"));
    BOOST_TEST(says(server.reload("log-level = \"info\"\n"), "nothing has changed"));
    BOOST_TEST(says(server.server().stop().err, "stopping"));

    configured_server quiet("log-level = \"info\"\n");
    BOOST_TEST(says(quiet.reload("log-level = \"error\"\n"), "changed: log-level"));
    BOOST_TEST(!says(quiet.server().stop().err, "stopping"));
}

BOOST_AUTO_TEST_CASE(what_is_left_out_of_the_file_has_its_default_again) {
    configured_server server("max-body = 100\n");
    BOOST_TEST(server.alice().set(std::string(101, ' ')).status == 413);
    BOOST_TEST(says(server.reload(""), "changed: max-body"));
    http_client open = server.alice();
    while (open.set(std::string(101, ' ')).status == 413) std::this_thread::yield();
    BOOST_TEST(open.set(std::string(101, ' ')).errcode() == "M_NOT_JSON");
}

BOOST_AUTO_TEST_CASE(flags_and_environment_still_beat_the_file) {
    configured_server server("", {"--max-body", "300"}, {{"PUSHERD_MAX_PUSHERS", "1"}});
    BOOST_TEST(says(server.reload("max-body = 100\nmax-pushers = 5\nset-burst = 40\n"), "changed: set-burst"));
    BOOST_TEST(server.alice().set(std::string(300, ' ')).errcode() == "M_NOT_JSON");
    BOOST_TEST(server.alice().set(pusher_body(app, "one", std::string(20, 'l'))).status != 413);
}

BOOST_AUTO_TEST_CASE(what_only_a_restart_changes_is_named_and_stays) {
    configured_server server("threads = 1\n");
    const std::string before = server.said();
    (void)server.reload(
        "threads = 2\nlog-format = \"json\"\nmap-size = \"64M\"\nserver-name = \"example.org\"\n"
        "core-dumps = true\n");
    const std::string waiting = server.server().process().wait_for_line("only a restart changes");
    BOOST_TEST(waiting.ends_with("only a restart changes map-size, server-name, core-dumps, threads, log-format"),
               waiting);
    BOOST_TEST(!waiting.starts_with("{"));
    (void)server.reload("threads = 2\n");
    BOOST_TEST(server.server().process().wait_for_line("only a restart changes", 2).ends_with(" changes threads"));
    (void)server.reload("threads = 1\n");
    BOOST_TEST(server.server().stop().status == 0);
    BOOST_TEST(!says(server.said().substr(server.said().rfind("again;")), "only a restart"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_used_leaves_everything_as_it_was_with_one_line) {
    configured_server server("max-body = 100\n");
    for (const char* bad : {"max-body = = 5\n", "max-body = 200\nno-such-option = 1\n", "max-body = \"many\"\n",
                            "max-body = 200\nthreads = 0\n"}) {
        const std::string told = server.reload(bad);
        BOOST_TEST(says(told, " error the configuration stays as it was: "), told);
        BOOST_TEST(says(told, "configuration.toml"), told);
        BOOST_TEST(server.alice().set(std::string(101, ' ')).status == 413);
        BOOST_TEST(server.alice().set(std::string(100, ' ')).status == 400);
    }
    const std::filesystem::path away = server.file().string() + ".away";
    std::filesystem::rename(server.file(), away);
    server.server().process().signal(SIGHUP);
    (void)server.server().process().wait_for_line("the configuration stays as it was: ", 5);
    (void)server.server().process().wait_for_line("configuration", 5);
    BOOST_TEST(server.server().stop().status == 0);
}

BOOST_AUTO_TEST_CASE(systemd_is_told_when_a_reload_begins_and_ends) {
    const pusherd_folder folder;
    const std::string path = folder.file("notify").string();
    const notify_socket manager(path);
    pusherd_server server(folder.data(), {}, {{"NOTIFY_SOCKET", path}});
    BOOST_TEST(manager.receive() == "READY=1");
    timespec before{};
    ::clock_gettime(CLOCK_MONOTONIC, &before);
    server.process().signal(SIGHUP);
    const std::string begun = manager.receive();
    BOOST_TEST(begun.starts_with("RELOADING=1\nMONOTONIC_USEC="), begun);
    timespec after{};
    ::clock_gettime(CLOCK_MONOTONIC, &after);
    const auto when = numbers_in(begun).back() / 1'000'000;
    BOOST_TEST(when >= static_cast<std::uint64_t>(before.tv_sec));
    BOOST_TEST(when <= static_cast<std::uint64_t>(after.tv_sec));
    BOOST_TEST(manager.receive() == "READY=1");
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(manager.receive() == "STOPPING=1");
}

BOOST_AUTO_TEST_CASE(while_it_drains_a_hangup_does_not_end_it) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), {"--drain", "600"});
    const std::string whole = request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body(app, "in-flight"),
                                      "Expect: 100-continue\r\n");
    const std::size_t body = whole.find("\r\n\r\n") + 4;
    http_connection set(server.port());
    BOOST_TEST(set.send(whole.substr(0, body)));
    BOOST_TEST(set.read_answer(true).status == 100);
    server.process().signal(SIGTERM);
    (void)server.process().wait_for_line("stopping");
    for (int i = 0; i < 10; ++i) {
        server.process().signal(SIGHUP);
        std::this_thread::sleep_for(5ms);  // so that they do not become one
    }
    BOOST_TEST(set.send(whole.substr(body)));
    BOOST_TEST(set.read_answer().status == 200);
    BOOST_TEST(server.process().wait().status == 0);
}

BOOST_AUTO_TEST_CASE(reloads_under_load_disturb_nobody) {
    configured_server server("set-rate = 0\n");
    std::atomic<bool> is_over = false;
    std::thread hangups([&] {
        for (int i = 0; !is_over; ++i)
            server.reload("set-rate = 0\nmax-body = " + std::to_string(5000 + i % 2) + "\ninfo-uri = \"https://" +
                          std::string(static_cast<std::size_t>(i % 100) + 1, 'x') + ".example.org\"\n");
    });
    http_client alice = server.alice();
    for (int i = 0; i < 500; ++i) BOOST_TEST(alice.set(pusher_body(app, std::to_string(i % 50))).status == 200);
    is_over = true;
    hangups.join();
    BOOST_TEST(server.server().stop().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
