#pragma once

#include "bench/load/child.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::bench {

/// `pusherd-bench gateway` in a process of its own, on a free port.
class gateway_process {
public:
    /// @param arguments behind `gateway`
    /// @param output where its stdout goes; empty: a file of its own
    explicit gateway_process(const std::vector<std::string>& arguments = {}, const std::filesystem::path& output = {});

    /// Where it listens. Throws if it does not.
    [[nodiscard]] std::uint16_t port() const;

    /// What it has written so far.
    [[nodiscard]] std::string output() const;
    [[nodiscard]] std::string errors() const;

    /// Whether it comes to write that; false after two minutes.
    [[nodiscard]] bool writes(std::string_view part) const;

    /// How many files and sockets it has open.
    [[nodiscard]] std::size_t open_files() const;

    void signal(int number) const { process_.signal(number); }

    /// Waits for its end. @return its status, as a shell tells it
    int wait() { return process_.wait(); }

private:
    testing::temporary_folder folder_;
    std::filesystem::path output_;
    std::filesystem::path errors_ = folder_.path() / "err";
    child process_;
};

/// A notification of one event.
[[nodiscard]] std::string notification_body(std::string_view event_id = "$event", std::string_view pushkey = "key",
                                            std::string_view app_id = "app");

inline constexpr const char* notify_path = "/_matrix/push/v1/notify";

}  // namespace pusherd::bench
