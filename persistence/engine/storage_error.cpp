#include "persistence/engine/storage_error.hpp"

#include <lmdb.h>

#include <cerrno>

namespace pusherd::persistence {
namespace {

const char* advice(int code) noexcept {
    switch (code) {
        case ENOSPC:
        case EDQUOT: return ": make room on the disk, writes work again then";
        // LMDB says so of a write that was cut short, too, as a full disk does.
        case EIO: return ": make room on the disk if it is full, writes work again then; else look after it";
        case EACCES:
        case EPERM: return ": run it as the owner of the data folder, or as root";
        case EROFS: return ": mounted read-only; a service may write where its unit allows it (ReadWritePaths=)";
        case MDB_MAP_FULL: return ": run pusherd serve with a larger --map-size";
        case MDB_READERS_FULL: return ": too many processes have the database open";
        case ESTALE:
            return ": it was moved, deleted or replaced while it was open; put it back, or restart with the new";
        case MDB_PANIC: return ": the process must be restarted";
        case MDB_INVALID:
        case MDB_VERSION_MISMATCH:
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND: return ": the database is damaged; restore a backup";
        default: return "";
    }
}

}  // namespace

storage_error::storage_error(int code, std::string_view call) noexcept
    : code_(code), text_{call, ": ", mdb_strerror(code), advice(code)} {}

bool storage_error::is_map_full() const noexcept { return code_ == MDB_MAP_FULL; }

bool storage_error::is_of_the_disk() const noexcept { return code_ > 0 && code_ != ENOMEM; }

bool storage_error::is_fatal() const noexcept { return code_ == MDB_PANIC; }

void check(int code, const char* call) {
    if (code != MDB_SUCCESS) throw storage_error(code, call);
}

}  // namespace pusherd::persistence
