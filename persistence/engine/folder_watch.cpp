#include "persistence/engine/folder_watch.hpp"

#include "persistence/engine/storage_error.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace pusherd::persistence {
namespace {

std::optional<std::uint64_t> mount_id_of(const std::filesystem::path& folder) noexcept {
    struct statx found {};
    if (::statx(AT_FDCWD, folder.c_str(), 0, STATX_MNT_ID, &found) != 0) return std::nullopt;
    if ((found.stx_mask & STATX_MNT_ID) == 0) return std::nullopt;  // before Linux 5.8
    return found.stx_mnt_id;
}

std::optional<std::string> mounted_from(const std::filesystem::path& folder) {
    constexpr const char* mounts = "/proc/self/mountinfo";
    const auto id = mount_id_of(folder);
    if (!id) return std::nullopt;
    std::ifstream file(mounts, std::ios::binary);
    // Where there is no /proc, that stays so; for want of descriptors it must not look like another mount.
    if (!file && errno != ENOENT) throw storage_error(errno, mounts);
    return root_of_mount(std::string(std::istreambuf_iterator<char>(file), {}), *id);
}

// The next of the words that spaces part, taken off the front.
std::string_view take_word(std::string_view& line) noexcept {
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    return word;
}

}  // namespace

folder_watch::folder_watch(std::filesystem::path folder)
    : folder_(std::move(folder)),
      mounted_from_(mounted_from(folder_)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (inotify_ < 0) return;
    if (::inotify_add_watch(inotify_, folder_.c_str(), IN_MOVE_SELF) >= 0) {
        look_closely_ = false;
    } else {
        ::close(inotify_);
        inotify_ = -1;
    }
}

folder_watch::~folder_watch() {
    if (inotify_ >= 0) ::close(inotify_);
}

bool folder_watch::was_moved() noexcept {
    std::array<char, 4096> events;
    bool moved = false;
    while (inotify_ >= 0 && ::read(inotify_, events.data(), events.size()) > 0) moved = true;
    return moved;
}

// A folder that is moved to and fro tells twice, so the first is no verdict: the mount is.
bool folder_watch::is_in_its_place() {
    if (was_moved()) look_closely_ = true;
    if (!look_closely_) return true;
    std::error_code ignored;
    if (!std::filesystem::exists(folder_, ignored)) return false;
    if (mounted_from(folder_) != mounted_from_) return false;
    look_closely_ = inotify_ < 0;
    return true;
}

std::optional<std::string> root_of_mount(std::string_view mountinfo, std::uint64_t id) {
    while (!mountinfo.empty()) {
        std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
        mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
        const std::string_view number = take_word(line);
        std::uint64_t found = 0;
        const auto read = std::from_chars(number.data(), number.data() + number.size(), found);
        if (read.ec != std::errc() || found != id) continue;
        (void)take_word(line);  // the mount that it is on
        (void)take_word(line);  // the device
        return std::string(take_word(line));
    }
    return std::nullopt;
}

}  // namespace pusherd::persistence
