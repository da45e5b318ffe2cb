#include "persistence/registry/backup.hpp"

#include "persistence/engine/compact_copy.hpp"
#include "persistence/files/backup_folder.hpp"

#include <lmdb.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <future>

namespace pusherd::persistence {
namespace {

constexpr std::chrono::milliseconds progress_interval{200};

std::uint64_t bytes_in_use(database& db) {
    return snapshot_reader(db.env())([](const read_txn& txn) {
        const page_use pages = txn.pages();
        return pages.map_bytes - pages.free_bytes;
    });
}

std::uint64_t size_of(int file) {
    struct stat status {};
    return ::fstat(file, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// LMDB tells nothing while it copies: somebody else has to look at the file.
void copy_and_tell(database& db, int file, const backup_progress& progress) {
    const std::uint64_t all = bytes_in_use(db);
    auto copied = std::async(std::launch::async, [&] { write_compact_copy(db.env(), file); });
    while (copied.wait_for(progress_interval) != std::future_status::ready) progress(size_of(file), all);
    copied.get();
}

void copy(database& db, int file, const backup_progress& progress) {
    if (progress)
        copy_and_tell(db, file, progress);
    else
        write_compact_copy(db.env(), file);
}

// What LMDB says of itself is about a database that cannot be written; this one is as it was.
void explain(const storage_error& problem, const std::filesystem::path& data, const std::filesystem::path& folder) {
    if (problem.code() == MDB_INCOMPATIBLE)
        refuse(data, "pages are lost or damaged: run pusherd verify; an export and an import make the database anew");
    if (problem.code() == EFAULT) refuse(data, "data.mdb is cut off, or cannot be read: restore a backup");
    if (problem.is_of_the_disk())
        refuse(folder, std::string("the backup cannot be written: ") + mdb_strerror(problem.code()));
}

}  // namespace

void back_up(database& db, const std::filesystem::path& folder, const backup_progress& progress) {
    backup_folder destination(folder, db.folder());
    try {
        copy(db, destination.file(), progress);
    } catch (const storage_error& problem) {
        explain(problem, db.folder(), folder);
        throw;
    }
    destination.complete();
}

}  // namespace pusherd::persistence
