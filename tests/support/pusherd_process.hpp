#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pusherd::testing {

/// How the binary is started. Of this process's environment it gets all but what pusherd itself would look at.
struct invocation {
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment{};
    std::string input{};                     ///< its standard input
    std::filesystem::path input_from{};      ///< or where that comes from, unless empty
    std::filesystem::path output_to{};       ///< where its standard output goes; empty: it is read
    std::filesystem::path working_folder{};  ///< empty: this process's
    bool is_logged_to_journal = false;       ///< it is told that its stderr is systemd's journal
    std::vector<int> sockets{};              ///< it inherits these, as from a service manager (sd_listen_fds(3))
};

/// How it ended.
struct process_end {
    int status = -1;  ///< as a shell tells it: 128 and the signal's number if a signal ended it
    std::string out;
    std::string err;
    bool dumped_core = false;

    /// Failed with this status, and said so in one line, on stderr alone.
    [[nodiscard]] bool is_refusal(int expected_status = 1) const;
};

/// The real binary in a process of its own. What it writes is read all the time, so that it never waits for that.
class pusherd_process {
public:
    explicit pusherd_process(const invocation& how);
    ~pusherd_process();  ///< as by `kill -9`, if it still runs

    pusherd_process(const pusherd_process&) = delete;
    pusherd_process& operator=(const pusherd_process&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;

    /// Waits for its end. Throws if it does not come in time.
    const process_end& wait();

    /// Waits for the nth line on stderr that holds `part`, and returns it. Throws if it ends first, or takes too long.
    [[nodiscard]] std::string wait_for_line(std::string_view part, std::size_t nth = 1) const;

    /// What it has written to stderr so far.
    [[nodiscard]] std::string errors() const;

private:
    void start(const invocation& how, int out, int err);
    void read_until_end(int out, int err);

    pid_t pid_ = -1;
    process_end end_;
    mutable std::mutex mutex_;
    mutable std::condition_variable something_came_;
    std::string out_;
    std::string err_;
    bool closed_ = false;
    std::thread reader_;
};

/// Starts the binary and waits for its end.
[[nodiscard]] process_end run_pusherd(const invocation& how);

/// The port in the line `listening on HOST:PORT` (or `metrics on …`) of a server that has just begun to, which the
/// exchange_recorder is told.
[[nodiscard]] std::uint16_t port_in(std::string_view line);

}  // namespace pusherd::testing
