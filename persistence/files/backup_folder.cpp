#include "persistence/files/backup_folder.hpp"

#include "persistence/files/data_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr const char* database_name = "data.mdb";

// `folder/` is the same folder, but tells nothing about a link of that name.
fs::path without_trailing_slash(const fs::path& folder) {
    const fs::path normal = folder.lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

fs::path real_path(const fs::path& path) {
    std::error_code problem;
    const fs::path real = fs::weakly_canonical(path, problem);
    if (problem) refuse(path, problem.message());
    return real;
}

void refuse_unsuitable(const fs::path& folder, const fs::path& data) {
    std::error_code ignored;
    if (fs::symlink_status(folder, ignored).type() == fs::file_type::symlink)
        refuse(folder, "is a symbolic link; name the folder itself");
    const fs::path within = real_path(folder).lexically_relative(real_path(data));
    if (within == ".") refuse(folder, "is the data folder itself");
    if (!within.empty() && *within.begin() != "..") refuse(folder, "lies in the data folder; a backup lies elsewhere");
}

struct folder_closer {
    void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};

// By its descriptor: in a folder of somebody else's, its name may stand for another by now.
void refuse_unless_empty(const fs::path& folder, const descriptor& opened) {
    const int again = ::openat(opened.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, folder_closer> stream(again < 0 ? nullptr : ::fdopendir(again));
    errno = stream ? 0 : errno;
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
        const std::string_view name = entry->d_name;
        if (name == partial_backup_name)
            refuse(folder, "holds a backup that is under way, or was broken off: remove it, or name another folder");
        if (name != "." && name != "..") refuse(folder, "is not empty; a backup goes into a new folder");
    }
    if (errno != 0) refuse(folder, "cannot be read: " + reason());
}

// A folder that root has just made, or nothing: its name may stand for another by now.
void give_folder(const fs::path& path, const struct stat& owner) {
    const descriptor folder(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    struct stat status {};
    if (!folder.is_open() || ::fstat(folder.get(), &status) != 0 || status.st_uid != 0) return;
    if (::fchown(folder.get(), owner.st_uid, owner.st_gid) != 0)
        refuse(path, "cannot be given to the data folder's owner: " + reason());
}

}  // namespace

backup_folder::backup_folder(const fs::path& folder) : folder_(without_trailing_slash(folder)) {}

// From here on the destructor runs, whatever is thrown.
backup_folder::backup_folder(const fs::path& folder, const fs::path& data) : backup_folder(folder) {
    refuse_unsuitable(folder_, data);
    create();
    open();
    create_file();
    give_to_owner_of(data);
}

backup_folder::~backup_folder() {
    if (is_complete_) return;
    if (file_.is_open()) ::unlinkat(opened_.get(), file_name_, 0);
    for (auto folder = created_.rbegin(); folder != created_.rend(); ++folder) ::rmdir(folder->c_str());
}

void backup_folder::create() {
    std::vector<fs::path> absent;
    std::error_code ignored;
    const fs::path absolute = fs::absolute(folder_);
    for (fs::path each = absolute; !fs::exists(fs::symlink_status(each, ignored)); each = parent_of(each))
        absent.push_back(each);
    for (auto each = absent.rbegin(); each != absent.rend(); ++each) {
        created_.push_back(*each);  // first: it may be made, and not be synced
        create_folder(*each);
    }
}

void backup_folder::open() {
    opened_ = descriptor(folder_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened_.is_open()) refuse(folder_, "cannot be used as a folder: " + reason());
    // Before the look: two backups into one folder are one too many.
    if (::flock(opened_.get(), LOCK_EX | LOCK_NB) != 0)
        refuse(folder_, errno == EWOULDBLOCK ? "another process has its lock" : "cannot be locked: " + reason());
    refuse_unless_empty(folder_, opened_);
    struct stat status {};
    if (::fstat(opened_.get(), &status) != 0) refuse(folder_, reason());
    if ((status.st_mode & 07777) != 0700 && ::fchmod(opened_.get(), 0700) != 0)
        refuse(folder_, "cannot be made private: " + reason());
}

void backup_folder::create_file() {
    constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    file_ = descriptor(::openat(opened_.get(), file_name_, flags, 0600));
    if (!file_.is_open()) refuse(folder_ / file_name_, "cannot be created: " + reason());
    if (::fchmod(file_.get(), 0600) != 0) refuse(folder_ / file_name_, "cannot be made private: " + reason());
}

void backup_folder::give_to_owner_of(const fs::path& data) {
    if (::geteuid() != 0) return;
    struct stat owner {};
    if (::stat(data.c_str(), &owner) != 0 || owner.st_uid == 0) return;
    for (const fs::path& each : created_) give_folder(each, owner);
    for (const descriptor* each : {&opened_, &file_})
        if (::fchown(each->get(), owner.st_uid, owner.st_gid) != 0)
            refuse(folder_, "cannot be given to the data folder's owner: " + reason());
}

void backup_folder::complete() {
    if (::fsync(file_.get()) != 0) refuse(folder_ / file_name_, "cannot be synced: " + reason());
    if (::renameat(opened_.get(), file_name_, opened_.get(), database_name) != 0)
        refuse(folder_ / file_name_, "cannot be renamed: " + reason());
    file_name_ = database_name;
    if (::fsync(opened_.get()) != 0) refuse(folder_, "cannot be synced: " + reason());
    sync_folders_above(folder_);
    is_complete_ = true;
}

}  // namespace pusherd::persistence
