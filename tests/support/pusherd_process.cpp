#include "tests/support/pusherd_process.hpp"

#include "tests/support/exchange_recorder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pusherd::testing {
namespace {

constexpr std::chrono::seconds patience{120};  // far more than anything takes, even with a sanitizer

[[noreturn]] void fail(const char* call, int problem = errno) {
    throw std::system_error(problem, std::generic_category(), call);
}

class descriptor {
public:
    explicit descriptor(int value) : value_(value) {
        if (value < 0) fail("open");
    }
    ~descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] int release() noexcept { return std::exchange(value_, -1); }

private:
    int value_;
};

std::array<int, 2> new_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
    return ends;
}

// A file without a name: unlike a pipe, nobody has to feed it.
int file_with(std::string_view bytes) {
    descriptor file(::memfd_create("input", MFD_CLOEXEC));
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0) fail("write");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file.release();
}

bool concerns_pusherd(std::string_view variable) {
    constexpr std::array<std::string_view, 6> beginnings{
        "PUSHERD_", "STATE_DIRECTORY=", "NOTIFY_SOCKET=", "JOURNAL_STREAM=", "LISTEN_", "WATCHDOG_"};
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view each) { return variable.starts_with(each); });
}

std::vector<std::string> environment_of(const invocation& how) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each)
        if (!concerns_pusherd(*each)) all.emplace_back(*each);
    for (const auto& [name, value] : how.environment) all.push_back(name + '=' + value);
    return all;
}

// Out of the way of the numbers that the child is to have them by.
std::vector<int> copies_of(const std::vector<int>& sockets) {
    constexpr int out_of_the_way = 100;
    std::vector<int> copies;
    for (const int each : sockets) copies.push_back(::fcntl(each, F_DUPFD_CLOEXEC, out_of_the_way));
    return copies;
}

// Who is given sockets is told so by its own process id, which the shell has before it becomes the server.
std::vector<std::string> command_line_of(const invocation& how) {
    std::vector<std::string> line{PUSHERD_BINARY};
    if (!how.sockets.empty()) line = {"/bin/sh", "-c", "export LISTEN_PID=$$; exec \"$0\" \"$@\"", PUSHERD_BINARY};
    line.insert(line.end(), how.arguments.begin(), how.arguments.end());
    return line;
}

// Device and inode, as systemd.exec(5) has it.
std::string identity_of(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0) fail("fstat");
    return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& each : texts) all.push_back(each.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

bool process_end::is_refusal(int expected_status) const {
    return status == expected_status && out.empty() && err.size() > 1 && err.find('\n') == err.size() - 1;
}

pusherd_process::pusherd_process(const invocation& how) {
    const auto [out_read, out_write] = new_pipe();
    const auto [err_read, err_write] = new_pipe();
    const descriptor out(out_write);
    const descriptor err(err_write);
    descriptor from_out(out_read);
    descriptor from_err(err_read);
    start(how, out.get(), err.get());
    reader_ = std::thread(
        [this, from = from_out.release(), also_from = from_err.release()] { read_until_end(from, also_from); });
}

pusherd_process::~pusherd_process() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    reader_.join();
}

void pusherd_process::start(const invocation& how, int out, int err) {
    const descriptor in(how.input_from.empty() ? file_with(how.input)
                                               : ::open(how.input_from.c_str(), O_RDONLY | O_CLOEXEC));
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
    if (how.output_to.empty())
        ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    else
        ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, how.output_to.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                           0600);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    if (!how.working_folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, how.working_folder.c_str());

    const std::vector<int> sockets = copies_of(how.sockets);
    for (std::size_t i = 0; i < sockets.size(); ++i)
        ::posix_spawn_file_actions_adddup2(&actions, sockets[i], 3 + static_cast<int>(i));

    std::vector<std::string> arguments = command_line_of(how);
    std::vector<std::string> environment = environment_of(how);
    if (how.is_logged_to_journal) environment.push_back("JOURNAL_STREAM=" + identity_of(err));
    if (!sockets.empty() && !how.environment.contains("LISTEN_FDS"))
        environment.push_back("LISTEN_FDS=" + std::to_string(sockets.size()));
    const int problem = ::posix_spawn(&pid_, arguments.front().c_str(), &actions, nullptr,
                                      pointers_to(arguments).data(), pointers_to(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    for (const int each : sockets) ::close(each);
    if (problem != 0) fail("posix_spawn", problem);
}

void pusherd_process::read_until_end(int out, int err) {
    std::array<pollfd, 2> sources{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
    const auto is_open = [](const pollfd& each) { return each.fd >= 0; };
    while (std::any_of(sources.begin(), sources.end(), is_open)) {
        if (::poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) break;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (sources[i].revents == 0) continue;
            char bytes[16 * 1024];
            const ssize_t got = ::read(sources[i].fd, bytes, sizeof bytes);
            if (got > 0) {
                const std::lock_guard lock(mutex_);
                (i == 0 ? out_ : err_).append(bytes, static_cast<std::size_t>(got));
            } else {
                ::close(std::exchange(sources[i].fd, -1));
            }
            something_came_.notify_all();
        }
    }
    const std::lock_guard lock(mutex_);
    closed_ = true;
    something_came_.notify_all();
}

void pusherd_process::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
}

const process_end& pusherd_process::wait() {
    if (pid_ < 0) return end_;
    std::unique_lock lock(mutex_);
    if (!something_came_.wait_for(lock, patience, [this] { return closed_; }))
        throw std::runtime_error("pusherd does not end; it has said: " + err_);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    end_ = {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .out = out_,
            .err = err_,
            .dumped_core = WIFSIGNALED(status) && WCOREDUMP(status)};
    return end_;
}

std::string pusherd_process::wait_for_line(std::string_view part, std::size_t nth) const {
    std::unique_lock lock(mutex_);
    std::string found;
    const auto look = [&] {
        std::size_t seen = 0;
        for (std::size_t begin = 0, end = 0; (end = err_.find('\n', begin)) != std::string::npos; begin = end + 1) {
            found = err_.substr(begin, end - begin);
            if (found.find(part) != std::string::npos && ++seen == nth) return true;
        }
        return false;
    };
    bool is_there = false;
    something_came_.wait_for(lock, patience, [&] { return (is_there = look()) || closed_; });
    if (!is_there) throw std::runtime_error("pusherd does not say '" + std::string(part) + "', but: " + err_);
    return found;
}

std::string pusherd_process::errors() const {
    const std::lock_guard lock(mutex_);
    return err_;
}

process_end run_pusherd(const invocation& how) { return pusherd_process(how).wait(); }

std::uint16_t port_in(std::string_view line) {
    constexpr std::string_view before = " on ";  // "listening on …", "metrics on …"
    const std::size_t begin = line.find(before);
    if (begin == std::string_view::npos) throw std::runtime_error("no address in: " + std::string(line));
    std::string_view address = line.substr(begin + before.size());
    address = address.substr(0, address.find_first_of(" \""));
    const auto port = static_cast<std::uint16_t>(std::stoul(std::string(address.substr(address.rfind(':') + 1))));
    exchange_recorder::began_to_listen(port);
    return port;
}

}  // namespace pusherd::testing
