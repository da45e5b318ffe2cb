// Preloaded into pusherd (LD_PRELOAD), it notes what the process asks of the system for the files below one folder.
//
// Preloaded, because so it sees what the real, unchanged binary does, LMDB inside it included: a file layer of our own
// would show what we believe that it does. (ptrace would see as much, and cost two stops a call.) LMDB writes its meta
// page through a descriptor opened with O_DSYNC: it is on disk when the call returns, other writes before it need not
// be. What is written through a shared mapping is not seen: that is LMDB's lock file alone, whose content does not
// count after a loss of power; any other is refused.

#include "tests/power_loss/recorder/log.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

using namespace pusherd::power_loss;

[[noreturn]] void give_up(const char* why) {
    std::fprintf(stderr, "recorder: %s\n", why);
    std::abort();
}

template <class Function>
Function* next(const char* name) {
    void* const found = ::dlsym(RTLD_NEXT, name);
    if (found == nullptr) give_up(name);
    return reinterpret_cast<Function*>(found);
}

unsigned long number_in(const char* variable) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
}

/// What is being recorded, and where to.
struct recording {
    std::string_view folder;
    log_header* log = nullptr;
    unsigned long dies_at = number_in(die_variable);
    unsigned long fails_write = number_in(fail_variable);
    unsigned long calls = 0;          // guarded by the turn
    unsigned long through_calls = 0;  // likewise

    recording() {
        const char* const below = std::getenv(folder_variable);
        const char* const path = std::getenv(log_variable);
        if (below == nullptr || path == nullptr) give_up("RECORDER_FOLDER or RECORDER_LOG is not set");
        folder = below;
        const int file = next<decltype(::open)>("open")(path, O_RDWR | O_CLOEXEC);
        struct stat status {};
        if (file < 0 || ::fstat(file, &status) != 0) give_up("cannot open the log");
        const auto size = static_cast<std::size_t>(status.st_size);
        void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED) give_up("cannot map the log");
        log = static_cast<log_header*>(mapped);
        next<decltype(::close)>("close")(file);
    }

    /// The folder itself and what lies below it.
    [[nodiscard]] bool covers(std::string_view path) const {
        return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
    }
};

recording& recorded() {
    static recording all;
    return all;
}

// What each descriptor stands for: four times its inode, and these; 0: not recorded.
constexpr std::uint64_t writes_through = 1;
constexpr std::uint64_t is_lock_file = 2;
std::array<std::atomic<std::uint64_t>, 65536> descriptors;

std::uint64_t meaning_of(int file) {
    return file >= 0 && static_cast<std::size_t>(file) < descriptors.size()
               ? descriptors[static_cast<std::size_t>(file)].load()
               : 0;
}

/// One recorded call at a time, in all processes.
class turn {
public:
    turn() {
        recording& all = recorded();
        if (::pthread_mutex_lock(&all.log->turn) == EOWNERDEAD) ::pthread_mutex_consistent(&all.log->turn);
        if (++all.calls != all.dies_at) return;
        ::pthread_mutex_unlock(&all.log->turn);
        ::kill(::getpid(), SIGKILL);
        for (;;) ::pause();
    }
    ~turn() {
        const int problem = errno;
        ::pthread_mutex_unlock(&recorded().log->turn);
        errno = problem;
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
};

struct text_parts {
    std::string_view name{};
    const iovec* data = nullptr;
    int data_count = 0;
    std::size_t data_bytes = 0;  // of those, as many as were written
};

void note(record what, const text_parts& parts) {
    log_header& log = *recorded().log;
    what.name_bytes = static_cast<std::uint32_t>(parts.name.size());
    what.data_bytes = static_cast<std::uint32_t>(parts.data_bytes);
    what.bytes = (sizeof what + parts.name.size() + parts.data_bytes + 7) / 8 * 8;
    if (log.bytes + what.bytes > log.capacity) give_up("the log is full");
    char* out = reinterpret_cast<char*>(&log) + log.bytes;
    const auto put = [&out](const void* bytes, std::size_t size) {
        std::memcpy(out, bytes, size);
        out += size;
    };
    put(&what, sizeof what);
    put(parts.name.data(), parts.name.size());
    std::size_t left = parts.data_bytes;
    for (int i = 0; i < parts.data_count; ++i) {
        const std::size_t size = std::min(left, parts.data[i].iov_len);
        put(parts.data[i].iov_base, size);
        left -= size;
    }
    log.bytes += what.bytes;
    ++log.length;
}

std::uint64_t inode_of(const char* path) {
    struct stat status {};
    return ::lstat(path, &status) == 0 ? status.st_ino : 0;
}

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::uint64_t folder_of(std::string_view path) {
    std::array<char, 4096> folder{};
    path = path.substr(0, path.rfind('/'));
    std::copy_n(path.data(), std::min(path.size(), folder.size() - 1), folder.data());
    return inode_of(folder.data());
}

template <class Open>
int record_open(const char* path, int flags, Open&& open) {
    if (!recorded().covers(path)) return open();
    const turn mine;
    const bool existed = inode_of(path) != 0;
    const int file = open();
    if (file < 0) return file;
    if (static_cast<std::size_t>(file) >= descriptors.size()) give_up("a descriptor too large");
    struct stat status {};
    ::fstat(file, &status);
    const bool is_through = (flags & (O_DSYNC | O_SYNC)) != 0;
    descriptors[static_cast<std::size_t>(file)] =
        status.st_ino * 4 + (is_through ? writes_through : 0) + (name_in(path) == "lock.mdb" ? is_lock_file : 0);
    if (!existed)
        note({.what = call::make_file, .object = status.st_ino, .folder = folder_of(path)}, {.name = name_in(path)});
    else if ((flags & O_TRUNC) != 0)
        note({.what = call::resize, .object = status.st_ino, .offset = 0}, {});
    return file;
}

template <class Write>
ssize_t record_write(int file, const iovec* data, int count, off_t offset, Write&& write) {
    const std::uint64_t meaning = meaning_of(file);
    if (meaning == 0) return write();
    const turn mine;
    if (offset < 0) offset = ::lseek(file, 0, SEEK_CUR);
    const ssize_t written = write();
    const bool is_through = (meaning & writes_through) != 0;
    const bool fails = is_through && ++recorded().through_calls == recorded().fails_write;
    if (written > 0)
        note({.what = call::write,
              .is_through = is_through,
              .object = meaning / 4,
              .offset = static_cast<std::uint64_t>(offset)},
             {.data = data, .data_count = count, .data_bytes = static_cast<std::size_t>(written)});
    if (!fails) return written;
    errno = EIO;
    return -1;
}

template <class Write>
ssize_t record_write(int file, const void* bytes, std::size_t size, off_t offset, Write&& write) {
    const iovec data{const_cast<void*>(bytes), size};
    return record_write(file, &data, 1, offset, write);
}

template <class Sync>
int record_sync(int file, Sync&& sync) {
    const std::uint64_t meaning = meaning_of(file);
    if (meaning == 0) return sync();
    const turn mine;
    const int result = sync();
    if (result == 0) note({.what = call::sync, .object = meaning / 4}, {});
    return result;
}

template <class Resize>
int record_resize(int file, off_t size, Resize&& resize) {
    const std::uint64_t meaning = meaning_of(file);
    if (meaning == 0) return resize();
    const turn mine;
    const int result = resize();
    if (result == 0)
        note({.what = call::resize, .object = meaning / 4, .offset = static_cast<std::uint64_t>(size)}, {});
    return result;
}

template <class Remove>
int record_removal(const char* path, Remove&& remove) {
    if (!recorded().covers(path)) return remove();
    const turn mine;
    const int result = remove();
    if (result == 0) note({.what = call::remove, .folder = folder_of(path)}, {.name = name_in(path)});
    return result;
}

mode_t mode_in(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

// Every name by which the C library offers these calls; which of them a binary uses depends on how it was compiled.
#define FORWARD(name) static auto* const forward = next<decltype(::name)>(#name)

extern "C" {

int open(const char* path, int flags, ...) {
    FORWARD(open);
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_in(flags, arguments);
    va_end(arguments);
    return record_open(path, flags, [&] { return forward(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
    FORWARD(open64);
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_in(flags, arguments);
    va_end(arguments);
    return record_open(path, flags, [&] { return forward(path, flags, mode); });
}

int openat(int folder, const char* path, int flags, ...) {
    FORWARD(openat);
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_in(flags, arguments);
    va_end(arguments);
    return record_open(path, flags, [&] { return forward(folder, path, flags, mode); });
}

// NOLINTBEGIN(bugprone-reserved-identifier): the names of the C library
int __open_2(const char* path, int flags);
int __open_2(const char* path, int flags) { return open(path, flags); }
int __open64_2(const char* path, int flags);
int __open64_2(const char* path, int flags) { return open64(path, flags); }
// NOLINTEND(bugprone-reserved-identifier)

int creat(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int file) {
    FORWARD(close);
    if (meaning_of(file) != 0) descriptors[static_cast<std::size_t>(file)] = 0;
    return forward(file);
}

ssize_t write(int file, const void* bytes, size_t size) {
    FORWARD(write);
    return record_write(file, bytes, size, -1, [&] { return forward(file, bytes, size); });
}

ssize_t writev(int file, const iovec* data, int count) {
    FORWARD(writev);
    return record_write(file, data, count, -1, [&] { return forward(file, data, count); });
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
    FORWARD(pwrite);
    return record_write(file, bytes, size, offset, [&] { return forward(file, bytes, size, offset); });
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
    FORWARD(pwrite64);
    return record_write(file, bytes, size, offset, [&] { return forward(file, bytes, size, offset); });
}

ssize_t pwritev(int file, const iovec* data, int count, off_t offset) {
    FORWARD(pwritev);
    return record_write(file, data, count, offset, [&] { return forward(file, data, count, offset); });
}

ssize_t pwritev64(int file, const iovec* data, int count, off64_t offset) {
    FORWARD(pwritev64);
    return record_write(file, data, count, offset, [&] { return forward(file, data, count, offset); });
}

int fsync(int file) {
    FORWARD(fsync);
    return record_sync(file, [&] { return forward(file); });
}

int fdatasync(int file) {
    FORWARD(fdatasync);
    return record_sync(file, [&] { return forward(file); });
}

int ftruncate(int file, off_t size) noexcept {
    FORWARD(ftruncate);
    return record_resize(file, size, [&] { return forward(file, size); });
}

int ftruncate64(int file, off64_t size) noexcept {
    FORWARD(ftruncate64);
    return record_resize(file, size, [&] { return forward(file, size); });
}

// Nothing in pusherd or LMDB does this to a file of the folder. Should it come to that, this is to be told.

void* mmap(void* where, size_t size, int protection, int flags, int file, off_t offset) noexcept {
    FORWARD(mmap);
    const std::uint64_t meaning = meaning_of(file);
    const bool is_written = (protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0;
    if (meaning != 0 && (meaning & is_lock_file) == 0 && is_written) give_up("writes through a mapping are not seen");
    return forward(where, size, protection, flags, file, offset);
}

int fallocate(int file, int mode, off_t offset, off_t size) {
    FORWARD(fallocate);
    // Room that is set aside changes neither what is read nor how much; of LMDB's lock file that is all that is done.
    const std::uint64_t meaning = meaning_of(file);
    const bool is_room_for_locks = (meaning & is_lock_file) != 0 && mode == FALLOC_FL_KEEP_SIZE;
    if (meaning != 0 && !is_room_for_locks) give_up("fallocate is not recorded yet");
    return forward(file, mode, offset, size);
}

int posix_fallocate(int file, off_t offset, off_t size) {
    FORWARD(posix_fallocate);
    if (meaning_of(file) != 0) give_up("posix_fallocate is not recorded yet");
    return forward(file, offset, size);
}

int mkdir(const char* path, mode_t mode) noexcept {
    FORWARD(mkdir);
    if (!recorded().covers(path)) return forward(path, mode);
    const turn mine;
    const int result = forward(path, mode);
    if (result == 0)
        note({.what = call::make_folder, .object = inode_of(path), .folder = folder_of(path)}, {.name = name_in(path)});
    return result;
}

int unlink(const char* path) noexcept {
    FORWARD(unlink);
    return record_removal(path, [&] { return forward(path); });
}

int rmdir(const char* path) noexcept {
    FORWARD(rmdir);
    return record_removal(path, [&] { return forward(path); });
}

int remove(const char* path) noexcept {
    FORWARD(remove);
    return record_removal(path, [&] { return forward(path); });
}

int rename(const char* from, const char* to) noexcept {
    FORWARD(rename);
    if (!recorded().covers(from)) return forward(from, to);
    const turn mine;
    const int result = forward(from, to);
    if (result != 0) return result;
    const std::string_view new_name = name_in(to);
    const iovec data{const_cast<char*>(new_name.data()), new_name.size()};
    note({.what = call::rename, .object = inode_of(to), .folder = folder_of(from), .offset = folder_of(to)},
         {.name = name_in(from), .data = &data, .data_count = 1, .data_bytes = new_name.size()});
    return result;
}

}  // extern "C"
