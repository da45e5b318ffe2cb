// A log that nobody reads, and descriptors that are not there.

#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

/// A server whose standard error is what the test makes of it.
class server_with_stderr {
public:
    server_with_stderr(const std::filesystem::path& data, std::uint16_t port, const std::function<void()>& prepare) {
        const std::string where = "127.0.0.1:" + std::to_string(port);
        pid_ = ::fork();
        if (pid_ != 0) return;
        prepare();
        ::execl(PUSHERD_BINARY, "pusherd", "serve", "--data", data.c_str(), "--listen", where.c_str(), "--threads", "1",
                nullptr);
        ::_exit(127);
    }
    ~server_with_stderr() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    server_with_stderr(const server_with_stderr&) = delete;
    server_with_stderr& operator=(const server_with_stderr&) = delete;

    /// SIGTERM; its exit status, or -1 if it goes on.
    int stop() {
        ::kill(pid_, SIGTERM);
        int status = 0;
        for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(20ms))
            if (::waitpid(pid_, &status, WNOHANG) == pid_) {
                pid_ = -1;
                return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            }
        return -1;
    }

private:
    pid_t pid_;
};

bool answers(std::uint16_t port) {
    for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(20ms)) {
        try {
            if (http_client(port).get("/health").status == 200) return true;
        } catch (const std::exception&) {
            continue;  // not yet
        }
    }
    return false;
}

// One that was free a moment ago.
std::uint16_t free_port(const pusherd_folder& folder) {
    pusherd_server server(folder.data());
    return server.port();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unread_logs)

BOOST_AUTO_TEST_CASE(a_server_whose_log_nobody_reads_serves_and_ends) {
    const pusherd_folder folder;
    const std::uint16_t port = free_port(folder);
    std::array<int, 2> pipe{};
    BOOST_TEST_REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    ::fcntl(pipe[1], F_SETFL, O_NONBLOCK);
    const std::string filling(4096, 'x');
    while (::write(pipe[1], filling.data(), filling.size()) > 0) continue;
    ::fcntl(pipe[1], F_SETFL, 0);
    server_with_stderr server(folder.data(), port, [&] { ::dup2(pipe[1], STDERR_FILENO); });
    BOOST_TEST(answers(port));
    BOOST_TEST(server.stop() == 0);
    for (const int each : pipe) ::close(each);
}

// Else the first connection gets its number, and the log.
BOOST_AUTO_TEST_CASE(without_standard_error_no_client_is_sent_the_log) {
    const pusherd_folder folder;
    const std::uint16_t port = free_port(folder);
    server_with_stderr server(folder.data(), port, [] { ::close(STDERR_FILENO); });
    BOOST_TEST_REQUIRE(answers(port));
    http_connection silent(port);
    BOOST_TEST(server.stop() == 0);
    BOOST_TEST(silent.is_closed_within(5s));  // without another byte
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
