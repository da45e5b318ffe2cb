#pragma once

#include "tests/power_loss/recorder/log.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::power_loss {

/// A recorded call. The views are of the log.
struct event {
    call what;
    bool is_through;
    std::uint64_t object;
    std::uint64_t folder;
    std::uint64_t offset;
    std::string_view name;
    std::string_view data;
};

/// A recording under way: processes that are started with its environment() write what they ask of the system for the
/// files below a folder into one log.
class recording {
public:
    /// @param folder exists; what lies below it is recorded
    /// @param log where the log goes
    recording(std::filesystem::path folder, const std::filesystem::path& log);
    ~recording();

    recording(const recording&) = delete;
    recording& operator=(const recording&) = delete;

    /// What a process needs in its environment to be recorded, and what else it is to do (see log.hpp).
    [[nodiscard]] std::map<std::string, std::string> environment(const char* variable = nullptr,
                                                                 unsigned number = 0) const;

    /// How many calls are in the log. Any thread.
    [[nodiscard]] std::uint64_t position() const noexcept { return header_->length; }

    /// Kills a child between two of its recorded calls, so that the log holds all that it did; it is gone then, but
    /// still to be waited for.
    void kill(pid_t process);

    /// The calls in their order. Only when nobody writes any more.
    [[nodiscard]] std::vector<event> events() const;

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] std::uint64_t folder_inode() const;

private:
    std::filesystem::path folder_;
    std::filesystem::path log_;
    log_header* header_ = nullptr;
};

}  // namespace pusherd::power_loss
