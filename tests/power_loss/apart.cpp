#include "tests/power_loss/apart.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <exception>
#include <string_view>
#include <system_error>

namespace pusherd::power_loss {
namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

// Each answer is one message of a socket that keeps them apart.
[[noreturn]] void answer_from(std::size_t first, std::size_t count,
                              const std::function<std::string(std::size_t)>& check, int socket) {
    // LMDB says on stderr why it gives up; what counts is that it did.
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDERR_FILENO);
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(number, SIG_DFL);
    for (std::size_t i = first; i < count; ++i) {
        std::string fault;
        try {
            fault = check(i);
        } catch (const std::exception& problem) {
            fault = problem.what();
        }
        fault = fault.substr(0, 4000) + '\n';
        if (::send(socket, fault.data(), fault.size(), 0) < 0) break;
    }
    ::_exit(0);
}

}  // namespace

std::vector<std::string> faults_apart(std::size_t count, const std::function<std::string(std::size_t)>& check) {
    std::vector<std::string> faults;
    while (faults.size() < count) {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) fail("socketpair");
        const pid_t child = ::fork();
        if (child < 0) fail("fork");
        if (child == 0) answer_from(faults.size(), count, check, ends[1]);
        ::close(ends[1]);
        std::array<char, 4096> bytes{};
        for (ssize_t got = 0; (got = ::recv(ends[0], bytes.data(), bytes.size(), 0)) > 0;)
            faults.emplace_back(bytes.data(), static_cast<std::size_t>(got) - 1);
        ::close(ends[0]);
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (faults.size() < count)
            faults.push_back(WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status))
                                                 : "ended early");
    }
    return faults;
}

}  // namespace pusherd::power_loss
