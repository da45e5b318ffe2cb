// A process that is killed while it reads leaves its snapshot behind: until its slot is cleared, LMDB uses none of the
// pages again that have been freed since. A server whose map is full finds that out.

#include "persistence/engine/environment.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <lmdb.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string app = "org.example.app";
constexpr int tokens = 20'000;

/// Who reads: through an environment that was open before, because opening one clears the slots of the dead.
class reader_slots {
public:
    explicit reader_slots(const std::filesystem::path& folder) : env_(folder, {.read_only = true}) {}

    /// Whether the process is in a snapshot.
    [[nodiscard]] bool is_read_by(pid_t process) const {
        std::string lines;
        mdb_reader_list(
            env_.handle(),
            [](const char* line, void* all) {
                *static_cast<std::string*>(all) += line;
                return 0;
            },
            &lines);
        std::istringstream in(lines);
        for (std::string line; std::getline(in, line);) {
            std::istringstream parts(line);
            pid_t pid = 0;
            std::string thread;
            std::string transaction;
            if (parts >> pid >> thread >> transaction && pid == process && transaction != "-") return true;
        }
        return false;
    }

    [[nodiscard]] std::size_t count() const { return env_.readers().slots; }

private:
    persistence::environment env_;
};

bool has_ended(pid_t process) {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

// False: it ended instead.
bool stop_where_it_is(pid_t process) {
    ::kill(process, SIGSTOP);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(process), &info, WSTOPPED | WEXITED | WNOWAIT);
    return info.si_code == CLD_STOPPED;
}

// Starts the command until one is caught within a snapshot, and kills that one there.
bool kill_while_it_reads(const pusherd_folder& folder, std::vector<std::string> command, const reader_slots& slots) {
    command.insert(command.end(), {"--data", folder.data().string()});
    for (int attempt = 0; attempt < 100; ++attempt) {
        pusherd_process reader({.arguments = command});
        const pid_t pid = reader.pid();
        while (!slots.is_read_by(pid) && !has_ended(pid)) {
        }
        if (!stop_where_it_is(pid)) continue;
        const bool is_caught = slots.is_read_by(pid);
        reader.signal(SIGKILL);
        (void)reader.wait();
        if (is_caught) return slots.is_read_by(pid);
    }
    return false;
}

// A pusher of more than three pages, in a record of many.
std::string large_body(const std::string& key, int version) {
    std::string body = pusher_body(app, key, std::to_string(version));
    return body.replace(body.size() - 2, 2, R"(,"x":")" + std::string(14'000, 'x') + R"("}})");
}

/// A database in which commands have something to read, in a map that a few dozen sets would fill if no page were used
/// again.
struct small_map {
    pusherd_folder folder;
    std::string token = fill();
    std::string map_size = std::to_string(std::filesystem::file_size(folder.data() / "data.mdb") + (4 << 20));
    pusherd_server server{folder.data(), {"--set-rate", "0", "--threads", "4", "--map-size", map_size}};
    http_client alice = server.client(token);
    reader_slots slots{folder.data()};

    std::string fill() const {
        std::string lines;
        for (int i = 0; i < tokens; ++i)
            lines += "token-" + std::to_string(i) + "\t@user" + std::to_string(i) + ":example.org\n";
        folder.print({"token", "import", "-"}, lines);
        return folder.issue("@alice:example.org");
    }

    // How many sets, of those that write more than the map can hold, were answered with 200.
    int rewrite() {
        int good = 0;
        for (int i = 0; i < 200; ++i) good += alice.set(large_body("0", ++version_)).status == 200 ? 1 : 0;
        return good;
    }

private:
    int version_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(killed_readers)

BOOST_FIXTURE_TEST_CASE(pages_are_used_again_after_a_reader_was_killed_and_no_set_fails, small_map) {
    for (int key = 0; key < 12; ++key) BOOST_TEST(alice.set(large_body(std::to_string(key), 0)).status == 200);
    BOOST_TEST(rewrite() == 200);  // nobody reads
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{"verify"}, {"token", "list"}})
        BOOST_TEST_CONTEXT(command.front()) {
            const std::size_t slots_before = slots.count();
            BOOST_TEST_REQUIRE(kill_while_it_reads(folder, command, slots));
            BOOST_TEST(rewrite() == 200);
            BOOST_TEST(slots.count() <= slots_before);
        }
    BOOST_TEST(alice.get().status == 200);
    BOOST_TEST(server.process().errors().find("could not be stored") == std::string::npos);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    BOOST_TEST(server.stop().status == 0);
}

BOOST_FIXTURE_TEST_CASE(the_next_command_clears_the_slot_as_well, small_map) {
    const std::size_t slots_before = slots.count();
    BOOST_TEST_REQUIRE(kill_while_it_reads(folder, {"verify"}, slots));
    BOOST_TEST(slots.count() > slots_before);
    BOOST_TEST(folder.print({"stat"}).find("reader slots") != std::string::npos);
    BOOST_TEST(slots.count() <= slots_before + 1);
}

// At whatever moment: in the middle of opening the database, of reading, of ending.
BOOST_FIXTURE_TEST_CASE(commands_may_be_killed_at_any_moment, small_map) {
    const std::size_t slots_before = slots.count();
    const std::vector<std::vector<std::string>> commands{{"stat"}, {"verify"}, {"token", "list"}};
    for (unsigned i = 0; i < 60; ++i) {
        std::vector<std::string> command = commands[i % commands.size()];
        command.insert(command.end(), {"--data", folder.data().string()});
        const pusherd_process doomed({.arguments = command});
        ::usleep(i * 400);
        if (alice.set(pusher_body(app, "key", std::to_string(i))).status != 200) BOOST_TEST_FAIL("a set failed");
    }
    folder.print({"verify"});
    BOOST_TEST(slots.count() <= slots_before + 1);
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
