#include "tests/power_loss/recording.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

namespace pusherd::power_loss {
namespace {

constexpr std::uint64_t capacity = std::uint64_t{1} << 30;  // a file with holes: only what is used takes room

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

event read(const char* at, const record& head) {
    const char* const name = at + sizeof head;
    return {head.what,
            head.is_through != 0,
            head.object,
            head.folder,
            head.offset,
            {name, head.name_bytes},
            {name + head.name_bytes, head.data_bytes}};
}

}  // namespace

recording::recording(std::filesystem::path folder, const std::filesystem::path& log)
    : folder_(std::move(folder)), log_(log) {
    const int file = ::open(log.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || ::ftruncate(file, static_cast<off_t>(capacity)) != 0) fail(log.c_str());
    void* const mapped = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED) fail("mmap");
    header_ = new (mapped) log_header{};
    pthread_mutexattr_t shared;
    ::pthread_mutexattr_init(&shared);
    ::pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    ::pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
    ::pthread_mutex_init(&header_->turn, &shared);
    ::pthread_mutexattr_destroy(&shared);
    header_->capacity = capacity;
    header_->bytes = (sizeof(log_header) + 7) / 8 * 8;
}

recording::~recording() { ::munmap(header_, capacity); }

std::map<std::string, std::string> recording::environment(const char* variable, unsigned number) const {
    std::map<std::string, std::string> all{
        {"LD_PRELOAD", RECORDER_LIBRARY}, {log_variable, log_.string()}, {folder_variable, folder_.string()}};
    // The address sanitizer wants to be the first library, without need: our calls go on to its own.
    const char* const options = std::getenv("ASAN_OPTIONS");
    all["ASAN_OPTIONS"] = std::string(options == nullptr ? "" : options) + ":verify_asan_link_order=0";
    if (variable != nullptr) all[variable] = std::to_string(number);
    return all;
}

void recording::kill(pid_t process) {
    if (::pthread_mutex_lock(&header_->turn) == EOWNERDEAD) ::pthread_mutex_consistent(&header_->turn);
    ::kill(process, SIGKILL);
    siginfo_t gone{};
    while (::waitid(P_PID, static_cast<id_t>(process), &gone, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    ::pthread_mutex_unlock(&header_->turn);
}

std::vector<event> recording::events() const {
    std::vector<event> all;
    const char* const begin = reinterpret_cast<const char*>(header_);
    for (std::uint64_t at = (sizeof(log_header) + 7) / 8 * 8; at < header_->bytes;) {
        record head{};
        std::memcpy(&head, begin + at, sizeof head);
        all.push_back(read(begin + at, head));
        at += head.bytes;
    }
    return all;
}

std::uint64_t recording::folder_inode() const {
    struct stat status {};
    if (::stat(folder_.c_str(), &status) != 0) fail("stat");
    return status.st_ino;
}

}  // namespace pusherd::power_loss
