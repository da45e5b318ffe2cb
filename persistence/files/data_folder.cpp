#include "persistence/files/data_folder.hpp"

#include "persistence/files/file_calls.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <thread>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

void sync(const fs::path& path) {
    const descriptor file(path, O_RDONLY);
    if (file.get() < 0 || ::fsync(file.get()) != 0) refuse(path, "cannot be synced: " + reason());
}

// For a folder that need not be ours: one that we may not read is not, and some file systems know no sync of a folder.
void sync_if_possible(const fs::path& folder) {
    const descriptor file(folder, O_RDONLY | O_DIRECTORY);
    if (file.get() >= 0 && ::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS)
        refuse(folder, "cannot be synced: " + reason());
}

// What root has just made, or nothing: a name in a folder of somebody else's may stand for another file by now.
void give_to(const fs::path& path, const struct stat& owner) {
    const descriptor file(path, O_RDONLY | O_NOFOLLOW);
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return;
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid != 0) return;
    if (::fchown(file.get(), owner.st_uid, owner.st_gid) != 0)
        refuse(path, "cannot be given to the folder's owner: " + reason());
}

}  // namespace

void create_folder(const fs::path& folder) {
    const fs::path parent = parent_of(folder);
    std::error_code ignored;
    if (!fs::exists(parent, ignored)) create_folder(parent);
    if (::mkdir(folder.c_str(), 0700) != 0) {
        if (errno != EEXIST) refuse(folder, "cannot be created: " + reason());
        return;
    }
    if (::chmod(folder.c_str(), 0700) != 0) refuse(folder, "cannot be made private: " + reason());
    sync(parent);
}

void sync_folders_above(const fs::path& folder) {
    for (fs::path above = parent_of(folder);; above = above.parent_path()) {
        sync_if_possible(above);
        if (above == above.root_path()) return;
    }
}

void sync_entries(const fs::path& folder) { sync(folder); }

void sync_data(const fs::path& folder) { sync(folder / "data.mdb"); }

void make_files_private(const fs::path& folder) {
    for (const char* name : file_names)
        if (::chmod((folder / name).c_str(), 0600) != 0 && errno != ENOENT)
            refuse(folder / name, "cannot be made private: " + reason());
}

void give_files_to_owner(const fs::path& folder) {
    if (::geteuid() != 0) return;
    struct stat owner {};
    if (::stat(folder.c_str(), &owner) != 0 || owner.st_uid == 0) return;
    for (const char* name : file_names) give_to(folder / name, owner);
}

// What looks like the beginning of a database may be what is left of one. The caller holds the lock of the folder.
fs::path put_half_created_aside(const fs::path& folder) {
    const std::string first = (folder / "data.mdb.half-created").string();
    fs::path aside = first;
    std::error_code ignored;
    for (int i = 2; fs::symlink_status(aside, ignored).type() != fs::file_type::not_found; ++i)
        aside = first + '.' + std::to_string(i);
    if (::rename((folder / "data.mdb").c_str(), aside.c_str()) != 0)
        refuse(folder, "cannot be cleaned up: " + reason());
    return aside;
}

file_lock file_lock::wait_for(const fs::path& path, std::chrono::seconds at_most) {
    const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) refuse(path, "cannot be opened: " + reason());
    file_lock lock(opened);
    // Others hold it for a moment. Who may read the folder, but is not to, could hold it for ever.
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (::flock(opened, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR && errno != EWOULDBLOCK) refuse(path, "cannot be locked: " + reason());
        if (std::chrono::steady_clock::now() >= deadline)
            refuse(path, "another process has held the lock of this folder for " + std::to_string(at_most.count()) +
                             " s (lsof tells which); nobody but its owner should be able to read it (chmod 700)");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return lock;
}

file_lock file_lock::try_to_take(const fs::path& path) {
    const int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (opened < 0) refuse(path, "cannot be opened: " + reason());
    (void)::fchmod(opened, 0600);  // somebody else's file is as it is
    if (::flock(opened, LOCK_EX | LOCK_NB) == 0) return file_lock(opened);
    ::close(opened);
    return file_lock(-1);
}

file_lock::~file_lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pusherd::persistence
