#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

/// The data folder and its files, before and after LMDB opens them. LMDB itself would create a database in any folder,
/// write a lock file next to anything, and leave files to whoever runs it.
namespace pusherd::persistence {

/// What a folder holds.
enum class folder_content {
    absent,        ///< there is no such folder
    nothing,       ///< a folder without a database
    database,      ///< what looks like an LMDB database of this machine's byte order; whose, is not known yet
    half_created,  ///< what a crash during the first creation leaves: it holds nothing
};

/// Looks at the folder without touching it. Throws unusable_database, with one line that says why, for anything that is
/// no folder, holds a data.mdb that is no LMDB database, or one of another byte order.
[[nodiscard]] folder_content inspect(const std::filesystem::path& folder);

/// Creates the folder, 0700 whatever the umask, and those above it, if need be; the entry of each is on disk when this
/// returns. Throws unusable_database.
void create_folder(const std::filesystem::path& folder);

/// Writes the entries of all folders above it to the disk, as far as this process may read them: who made one of them
/// may have been killed before it came to that.
void sync_folders_above(const std::filesystem::path& folder);

/// Writes the folder's entries to the disk: a new file's content alone does not make it survive a loss of power
/// (fsync(2)).
void sync_entries(const std::filesystem::path& folder);

/// Writes to the disk what the system's cache has of the database. Before anything is written on top of it: a process
/// that ended when a write of a meta page failed may have left the page before in the cache, and the newer one on the
/// disk.
void sync_data(const std::filesystem::path& folder);

/// Makes the folder's files 0600: the umask may have taken more than that.
void make_files_private(const std::filesystem::path& folder);

/// Run as root, gives the folder's files to the folder's owner, so that a service with a user of its own can go on
/// with what an administrator's command created.
void give_files_to_owner(const std::filesystem::path& folder);

/// What lies in the folder, each of them a file of its own.
inline constexpr const char* file_names[] = {"data.mdb", "lock.mdb", "import.lock", "delivery.lock", "delivery.notes"};

/// Puts a half-created database aside, as `data.mdb.half-created`, or with a number behind that: it may be what is left
/// of a whole one.
/// @return where to
[[nodiscard]] std::filesystem::path put_half_created_aside(const std::filesystem::path& folder);

/// An exclusive lock (flock(2)) on a file or folder, held until destruction.
class file_lock {
public:
    /// Waits for the lock. Throws unusable_database if the path cannot be opened, or somebody else keeps it for so
    /// long.
    [[nodiscard]] static file_lock wait_for(const std::filesystem::path& path,
                                            std::chrono::seconds at_most = std::chrono::seconds(30));

    /// Creates the file if need be; `held()` is false if another process has the lock.
    [[nodiscard]] static file_lock try_to_take(const std::filesystem::path& path);

    file_lock(file_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    file_lock& operator=(file_lock&&) = delete;
    ~file_lock();

    [[nodiscard]] bool held() const noexcept { return descriptor_ >= 0; }

private:
    explicit file_lock(int descriptor) noexcept : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace pusherd::persistence
