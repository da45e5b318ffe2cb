#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pusherd::bench {

/// A process that is ended, as by SIGTERM, with the object.
class child {
public:
    /// @param command the program and its arguments, as on a command line
    /// @param log where its stderr goes, behind what is there; empty: where this process's goes
    /// Throws run_failed if it cannot be started.
    explicit child(const std::vector<std::string>& command, const std::filesystem::path& log = {});
    ~child();

    child(const child&) = delete;
    child& operator=(const child&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;

    [[nodiscard]] bool has_ended();

    /// Waits for its end. As a shell tells it: 128 and the signal's number if a signal ended it.
    int wait();

private:
    pid_t pid_ = -1;
};

/// From here on, a signal that ends this process (SIGINT, SIGTERM) ends its children first.
void take_children_along();

}  // namespace pusherd::bench
