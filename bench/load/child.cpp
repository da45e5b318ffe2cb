#include "bench/load/child.hpp"

#include "bench/load/run.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace pusherd::bench {
namespace {

// Of the children that live; what a handler of signals may look at.
std::array<std::atomic<pid_t>, 8> living{};

void replace(pid_t old_one, pid_t new_one) {
    for (std::atomic<pid_t>& each : living) {
        pid_t expected = old_one;
        if (each.compare_exchange_strong(expected, new_one)) return;
    }
}

void end_all(int signal) {
    for (const std::atomic<pid_t>& each : living)
        if (const pid_t pid = each; pid > 0) ::kill(pid, SIGTERM);
    ::_exit(128 + signal);
}

}  // namespace

child::child(const std::vector<std::string>& command, const std::filesystem::path& log) {
    std::vector<char*> arguments;
    for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (!log.empty())
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int problem = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) throw run_failed(command[0] + ": " + std::strerror(problem));
    replace(0, pid_);
}

child::~child() {
    if (pid_ <= 0) return;
    signal(SIGTERM);
    wait();
}

void child::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
}

bool child::has_ended() {
    if (::waitpid(pid_, nullptr, WNOHANG) != pid_) return false;
    replace(pid_, 0);
    pid_ = -1;
    return true;
}

int child::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) return -1;
    replace(pid_, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void take_children_along() {
    struct sigaction action {};
    action.sa_handler = end_all;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace pusherd::bench
