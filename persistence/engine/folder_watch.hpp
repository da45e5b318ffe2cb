#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// Notices that the data folder is moved away from under the process where its path does not tell: systemd gives a
/// service a mount of its own for the state directory, and that goes along with the folder, wherever it is moved to.
/// Of the folder itself: a move of one above it is not told.
/// One thread at a time.
class folder_watch {
public:
    /// The folder must be there. Where the system has no inotify watch to give, every look is a slow one. Throws
    /// storage_error where the mounts cannot be read.
    explicit folder_watch(std::filesystem::path folder);
    ~folder_watch();

    folder_watch(const folder_watch&) = delete;
    folder_watch& operator=(const folder_watch&) = delete;

    /// Whether the folder is mounted from where it was. A system call, as long as nobody moves it.
    /// Throws bad_alloc, and storage_error where the mounts cannot be read.
    [[nodiscard]] bool is_in_its_place();

private:
    [[nodiscard]] bool was_moved() noexcept;

    std::filesystem::path folder_;
    std::optional<std::string> mounted_from_;  // when the watch began; nothing: the system does not say
    int inotify_;                              // -1: none
    bool look_closely_ = true;
};

/// What of its file system the mount with this id shows, by a text in the form of /proc/self/mountinfo (proc(5)).
[[nodiscard]] std::optional<std::string> root_of_mount(std::string_view mountinfo, std::uint64_t id);

}  // namespace pusherd::persistence
