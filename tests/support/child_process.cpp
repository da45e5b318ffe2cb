#include "tests/support/child_process.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pusherd::testing {
namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

std::array<int, 2> new_socket_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) fail("socketpair");
    return ends;
}

// Ends the process without the test framework's ado: it belongs to the parent.
[[noreturn]] void run(const std::function<void(rendezvous&)>& body, int socket) {
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM}) ::signal(number, SIG_DFL);
    int status = 0;
    try {
        rendezvous parent(socket);
        body(parent);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "child process: %s\n", problem.what());
        status = 1;
    }
    ::_exit(status);
}

}  // namespace

rendezvous::~rendezvous() { ::close(socket_); }

void rendezvous::signal() {
    const char byte = '!';
    if (::send(socket_, &byte, 1, MSG_NOSIGNAL) != 1) fail("send");
}

void rendezvous::wait() {
    char byte = 0;
    ssize_t got = 0;
    do got = ::recv(socket_, &byte, 1, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0) fail("recv");
    if (got == 0) throw std::runtime_error("the other process has ended");
}

child_process::child_process(const std::function<void(rendezvous&)>& body) : child_process(body, new_socket_pair()) {}

child_process::child_process(const std::function<void(rendezvous&)>& body, const socket_pair& ends) : line_(ends[0]) {
    pid_ = ::fork();
    if (pid_ == 0) {
        ::close(ends[0]);
        run(body, ends[1]);
    }
    ::close(ends[1]);
    if (pid_ < 0) fail("fork");
}

child_process::~child_process() {
    if (pid_ > 0) kill();
}

bool child_process::succeeds() {
    const int status = wait_for_end();
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void child_process::kill() {
    ::kill(pid_, SIGKILL);
    wait_for_end();
}

int child_process::wait_for_end() {
    const pid_t pid = std::exchange(pid_, -1);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return status;
}

}  // namespace pusherd::testing
