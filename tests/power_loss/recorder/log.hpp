#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

/// The log of a recording: a file that every recorded process maps, and the test with them. A header, then records,
/// each followed by its name and its data. Plain types, because the recorder goes into processes that are not ours to
/// link.
namespace pusherd::power_loss {

/// Variables of the environment of a recorded process.
inline constexpr const char* log_variable = "RECORDER_LOG";           ///< the log's path
inline constexpr const char* folder_variable = "RECORDER_FOLDER";     ///< what lies below it is recorded
inline constexpr const char* die_variable = "RECORDER_DIES_AT";       ///< killed instead of this recorded call, from 1
inline constexpr const char* fail_variable = "RECORDER_FAILS_WRITE";  ///< this write-through says EIO, but was done

enum class call : std::uint32_t {
    make_file,    ///< open(O_CREAT) that created one: object, folder, name
    make_folder,  ///< mkdir: object, folder, name
    remove,       ///< unlink, rmdir: folder, name
    rename,       ///< object, folder, name; data: the new name, offset: the new folder
    write,        ///< object, offset, data
    resize,       ///< ftruncate, O_TRUNC: object, offset is the new size
    sync,         ///< fsync, fdatasync: object
};

/// One call, as it was once it had succeeded. Objects and folders are named by their inodes.
struct record {
    std::uint64_t bytes = 0;  ///< of the whole record, a multiple of eight
    call what{};
    std::uint32_t is_through = 0;  ///< a write to a descriptor opened with O_DSYNC or O_SYNC: on disk when it returns
    std::uint64_t object = 0;
    std::uint64_t folder = 0;
    std::uint64_t offset = 0;
    std::uint32_t name_bytes = 0;
    std::uint32_t data_bytes = 0;
};

struct log_header {
    pthread_mutex_t turn;               ///< held during each recorded call, so that the log has the order of the calls
    std::uint64_t capacity;             ///< bytes of the file
    std::atomic<std::uint64_t> bytes;   ///< used, this header included
    std::atomic<std::uint64_t> length;  ///< in records: the position
};

}  // namespace pusherd::power_loss
