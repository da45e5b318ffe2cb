// Preloaded into pusherd (ld.so(8), LD_PRELOAD) by tests: makes the calls fail that the test has ordered to. It stands
// between the program and the C library, so whatever calls, ours, LMDB or the C++ library, is told what the system
// would tell it.

#include "tests/preload/fault_orders.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstddef>

// The C library's own, by the names that it has for those who replace malloc(): dlsym() itself may allocate.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}
// NOLINTEND(bugprone-reserved-identifier)

namespace {

using pusherd::testing::call_kind;
using pusherd::testing::fault_orders;

fault_orders* orders = nullptr;
bool has_begun = false;

template <class Function>
Function* next(const char* name) noexcept {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// The functions behind ours. Looked up before main(): what is called earlier looks for itself.
#define BEHIND(name)                                                          \
    decltype(::name)* behind_##name() noexcept {                              \
        static decltype(::name)* const found = next<decltype(::name)>(#name); \
        return found;                                                         \
    }
BEHIND(umask)
BEHIND(write)
BEHIND(writev)
BEHIND(pwrite)
BEHIND(pwritev)
BEHIND(fsync)
BEHIND(fdatasync)
BEHIND(msync)
BEHIND(mmap)
BEHIND(ftruncate)
BEHIND(accept4)
BEHIND(open)
BEHIND(socket)
BEHIND(eventfd)
BEHIND(epoll_create1)
BEHIND(epoll_ctl)
#undef BEHIND

// Counts a call, and says whether it is to fail. None does before main(), where nobody is there to say so.
bool fails(call_kind kind) noexcept {
    if (orders == nullptr || !has_begun) return false;
    orders->calls_ever[static_cast<std::uint32_t>(kind)].fetch_add(1, std::memory_order_relaxed);
    if (orders->kind.load(std::memory_order_acquire) != kind) return false;
    const std::uint64_t number = orders->calls.fetch_add(1) + 1;
    if (number < orders->first || number > orders->last) return false;
    ++orders->failed;
    errno = orders->error;
    return true;
}

void count_blocks(std::int64_t change) noexcept {
    if (orders != nullptr) orders->blocks.fetch_add(change, std::memory_order_relaxed);
}

void* counted(void* block) noexcept {
    if (block != nullptr) count_blocks(1);
    return block;
}

bool is_file(int descriptor) noexcept {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

bool write_fails(int descriptor) noexcept { return is_file(descriptor) && fails(call_kind::write); }

// How many bytes a write that fails has written: what it is to answer.
template <class Write>
ssize_t torn(Write&& write_half) noexcept {
    const int error = errno;
    const ssize_t written = orders->tears ? write_half() : 0;
    errno = error;
    return written > 0 ? written : -1;
}

__attribute__((constructor)) void map_orders() noexcept {
    const char* const path = ::getenv(pusherd::testing::fault_orders_variable);
    if (path == nullptr) return;
    const int file = behind_open()(path, O_RDWR | O_CLOEXEC);
    if (file < 0) ::abort();
    void* const mapped = behind_mmap()(nullptr, sizeof(fault_orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED) ::abort();
    orders = static_cast<fault_orders*>(mapped);
}

}  // namespace

extern "C" {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* malloc(std::size_t size) noexcept {
    return fails(call_kind::allocation) ? nullptr : counted(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    return fails(call_kind::allocation) ? nullptr : counted(__libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) noexcept {
    if (size != 0 && fails(call_kind::allocation)) return nullptr;
    void* const moved = __libc_realloc(block, size);
    if (block == nullptr && moved != nullptr) count_blocks(1);
    if (block != nullptr && size == 0) count_blocks(-1);
    return moved;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return fails(call_kind::allocation) ? nullptr : counted(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
    *block = memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}

void free(void* block) noexcept {
    if (block != nullptr) count_blocks(-1);
    __libc_free(block);
}

#endif

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
    const auto write_half = [&] { return behind_write()(descriptor, bytes, size / 2); };
    return write_fails(descriptor) ? torn(write_half) : behind_write()(descriptor, bytes, size);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
    const auto write_half = [&] { return behind_writev()(descriptor, parts, count / 2); };
    return write_fails(descriptor) ? torn(write_half) : behind_writev()(descriptor, parts, count);
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
    const auto write_half = [&] { return behind_pwrite()(descriptor, bytes, size / 2, offset); };
    return write_fails(descriptor) ? torn(write_half) : behind_pwrite()(descriptor, bytes, size, offset);
}

ssize_t pwritev(int descriptor, const iovec* parts, int count, off_t offset) {
    const auto write_half = [&] { return behind_pwritev()(descriptor, parts, count / 2, offset); };
    return write_fails(descriptor) ? torn(write_half) : behind_pwritev()(descriptor, parts, count, offset);
}

// What pusherd begins with.
mode_t umask(mode_t mask) noexcept {
    has_begun = true;
    return behind_umask()(mask);
}

int fsync(int descriptor) { return fails(call_kind::sync) ? -1 : behind_fsync()(descriptor); }
int fdatasync(int descriptor) { return fails(call_kind::sync) ? -1 : behind_fdatasync()(descriptor); }
int msync(void* begin, std::size_t size, int flags) {
    return fails(call_kind::sync) ? -1 : behind_msync()(begin, size, flags);
}

void* mmap(void* where, std::size_t size, int protection, int flags, int descriptor, off_t offset) noexcept {
    return fails(call_kind::map) ? MAP_FAILED : behind_mmap()(where, size, protection, flags, descriptor, offset);
}

int ftruncate(int descriptor, off_t size) noexcept {
    return fails(call_kind::map) ? -1 : behind_ftruncate()(descriptor, size);
}

int accept4(int listening, sockaddr* address, socklen_t* size, int flags) {
    return fails(call_kind::accept) ? -1 : behind_accept4()(listening, address, size, flags);
}

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const auto mode = va_arg(rest, mode_t);  // of no meaning where none was given
    va_end(rest);
    return fails(call_kind::descriptor) ? -1 : behind_open()(path, flags, mode);
}

int socket(int domain, int type, int protocol) noexcept {
    return fails(call_kind::descriptor) ? -1 : behind_socket()(domain, type, protocol);
}

int eventfd(unsigned value, int flags) noexcept {
    return fails(call_kind::descriptor) ? -1 : behind_eventfd()(value, flags);
}

int epoll_create1(int flags) noexcept { return fails(call_kind::descriptor) ? -1 : behind_epoll_create1()(flags); }

int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) noexcept {
    const bool is_fallible = operation != EPOLL_CTL_DEL;
    return is_fallible && fails(call_kind::watch) ? -1 : behind_epoll_ctl()(epoll, operation, descriptor, event);
}

}  // extern "C"
