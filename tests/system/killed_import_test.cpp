// An import that is killed right after a commit has reached the file, before LMDB's shared memory knows of it. Another
// process that has the database open then still reads the state before, until the next writer repairs that memory.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

constexpr int tokens = 20'000;  // several transactions

std::string token_lines() {
    std::string lines;
    for (int i = 0; i < tokens; ++i)
        lines += "imported-" + std::to_string(i) + "\t@user" + std::to_string(i) + ":example.org\tDEVICE\n";
    return lines;
}

/// Stops a process at its system calls. The thread that makes it is the one that has to use it.
class tracer {
public:
    explicit tracer(pid_t pid) : pid_(pid) {
        is_attached_ = ::ptrace(PTRACE_SEIZE, pid, nullptr, PTRACE_O_TRACESYSGOOD) == 0 &&
                       ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) == 0;
    }

    [[nodiscard]] bool is_attached() const noexcept { return is_attached_; }

    /// Runs it until it has written LMDB's meta pages so often, each time a commit; false if it ended before.
    [[nodiscard]] bool run_to_commit(int number) {
        bool is_commit = false;
        for (int status = 0; has_stopped();) {
            ::waitpid(pid_, &status, __WALL);
            if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
                __ptrace_syscall_info info{};
                ::ptrace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, &info);
                if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
                    is_commit = info.entry.nr == SYS_pwrite64 &&
                                info.entry.args[3] < 2 * static_cast<unsigned long>(::sysconf(_SC_PAGESIZE));
                else if (is_commit && --number == 0)
                    return true;
            }
            ::ptrace(PTRACE_SYSCALL, pid_, nullptr, nullptr);
        }
        return false;
    }

private:
    // Waits until it stops or ends; the end is left to be waited for once more.
    [[nodiscard]] bool has_stopped() const {
        siginfo_t what{};
        const int waited = ::waitid(P_PID, static_cast<id_t>(pid_), &what, WEXITED | WSTOPPED | WNOWAIT | __WALL);
        return waited == 0 && (what.si_code == CLD_TRAPPED || what.si_code == CLD_STOPPED);
    }

    pid_t pid_;
    bool is_attached_;
};

enum class import_end { killed, complete, not_traceable };

/// The import reads a pipe with a name, so that it is still at its beginning when the tracer comes.
import_end import_until_commit(const pusherd_folder& folder, int number) {
    const std::string pipe = folder.file("tokens").string();
    if (::mkfifo(pipe.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    pusherd_process import({.arguments = {"token", "import", pipe, "--data", folder.data().string()}});
    tracer trace(import.pid());
    std::thread writer([&] { std::ofstream(pipe) << token_lines(); });
    const bool is_stopped = trace.is_attached() && trace.run_to_commit(number);
    if (is_stopped) import.signal(SIGKILL);
    writer.join();
    if (!trace.is_attached()) return import_end::not_traceable;
    if (!is_stopped) return import_end::complete;
    import.wait();
    return import_end::killed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(killed_import)

BOOST_AUTO_TEST_CASE(an_import_that_is_killed_at_any_of_its_commits_never_makes_a_part_of_its_tokens_valid) {
    for (int commit = 1;; ++commit) BOOST_TEST_CONTEXT("killed at its commit number " << commit) {
            const pusherd_folder folder;
            pusherd_server server(folder.data());
            const import_end end = import_until_commit(folder, commit);
            if (end == import_end::not_traceable) {
                BOOST_WARN_MESSAGE(false, "skipped: ptrace is not permitted");
                return;
            }
            if (end == import_end::complete) {
                BOOST_TEST(commit > 4);
                return;
            }
            folder.print({"token", "import", "-"}, "another\t@alice:example.org\n");
            const std::uint64_t found = folder.stat("tokens");
            BOOST_TEST((found == 1 || found == std::uint64_t{tokens} + 1), found << " tokens are valid");
            BOOST_TEST(folder.run({"verify"}).status == 0);
            BOOST_TEST(server.client("another").get().status == 200);
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
