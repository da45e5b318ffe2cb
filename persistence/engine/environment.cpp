#include "persistence/engine/environment.hpp"

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

namespace pusherd::persistence {
namespace {

constexpr unsigned max_tables = 16;
// One a thread of every process that has the database open; a slot costs 64 bytes of the lock file.
constexpr unsigned max_readers = 512;

// LMDB maps its lock file, whose pages come from the disk as readers do: from a full one they come as SIGBUS. They are
// taken beforehand, where the file system can, without a change to the file's size, by which LMDB knows how many slots
// there are. A file that is there already may do without: to read from a full disk is better than not to.
// Only before mdb_env_open(): the close lets go of all locks that this process has on the file (fcntl(2)).
void reserve_lock_file(const std::filesystem::path& folder) {
    constexpr off_t bytes = 64 * (max_readers + 16);  // 64 a slot, and what stands before the first
    const int file = ::open((folder / "lock.mdb").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return;  // mdb_env_open will say why, if it needs one
    int code = 0;
    do {
        code = ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0 ? 0 : errno;
    } while (code == EINTR);
    const bool is_new = ::lseek(file, 0, SEEK_END) == 0;
    ::close(file);
    if (is_new && (code == ENOSPC || code == EDQUOT)) throw storage_error(code, "room for lock.mdb");
}

}  // namespace

void environment::closer::operator()(MDB_env* env) const noexcept { mdb_env_close(env); }

environment::environment(const std::filesystem::path& folder, const environment_options& options) {
    MDB_env* raw = nullptr;
    check(mdb_env_create(&raw), "mdb_env_create");
    env_.reset(raw);  // owned from here on: an environment is to be closed after a failed open as well
    check(mdb_env_set_maxdbs(raw, max_tables), "mdb_env_set_maxdbs");
    check(mdb_env_set_maxreaders(raw, max_readers), "mdb_env_set_maxreaders");
    if (options.map_size != 0) check(mdb_env_set_mapsize(raw, options.map_size), "mdb_env_set_mapsize");
    reserve_lock_file(folder);
    // MDB_NOTLS: a read transaction belongs to a snapshot_reader, not to a thread.
    const unsigned flags = MDB_NOTLS | (options.read_only ? MDB_RDONLY : 0U) | (options.sync ? 0U : MDB_NOSYNC);
    check(mdb_env_open(raw, folder.c_str(), flags, 0600), "mdb_env_open");
    clear_stale_readers();
    if (!options.read_only) watch_.emplace(folder);
}

environment::~environment() = default;

std::size_t environment::map_size() const {
    MDB_envinfo info{};
    check(mdb_env_info(env_.get(), &info), "mdb_env_info");
    return info.me_mapsize;
}

void environment::change_map_size(std::size_t bytes) {
    const std::lock_guard no_write(writing_);
    change_map_size_while_writing_is_locked(bytes);
}

void environment::change_map_size_while_writing_is_locked(std::size_t bytes) {
    const std::lock_guard no_new_reader(readers_mutex_);
    std::vector<std::unique_lock<std::mutex>> no_read;
    no_read.reserve(readers_.size());
    for (snapshot_reader* reader : readers_) no_read.emplace_back(reader->reading_);
    const int code = mdb_env_set_mapsize(env_.get(), bytes);
    // LMDB gives the old map up before it asks for the new one: after a failure there is none.
    if (code == MDB_SUCCESS) return;
    map_is_gone_ = true;
    throw storage_error(MDB_PANIC, domain::short_line{"mdb_env_set_mapsize (", mdb_strerror(code), ")"});
}

void environment::check_map() const {
    if (map_is_gone_) throw storage_error(MDB_PANIC, "the map of the database is gone");
}

int environment::clear_stale_readers() {
    int cleared = 0;
    check(mdb_reader_check(env_.get(), &cleared), "mdb_reader_check");
    return cleared;
}

namespace {

// A column of digits, or nothing; and what is behind it.
std::optional<std::uint64_t> take_number(std::string_view& text, int base) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (read.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

// LMDB tells of readers as text: below a title that begins with no number, a line each of process, thread in
// hexadecimal digits, and transaction, which is - for who has no snapshot (mdb_reader_list() in lmdb.h). Called from C.
int read_line(const char* line, void* into) noexcept {
    auto& seen = *static_cast<environment::reader_use*>(into);
    std::string_view columns(line);
    if (!take_number(columns, 10) || !take_number(columns, 16)) return 0;
    ++seen.slots;
    if (const auto transaction = take_number(columns, 10))
        seen.oldest = std::min(seen.oldest.value_or(*transaction), *transaction);
    return 0;
}

}  // namespace

environment::reader_use environment::readers() const {
    reader_use use;
    if (const int code = mdb_reader_list(env_.get(), read_line, &use); code < 0) check(code, "mdb_reader_list");
    return use;
}

std::uint64_t environment::file_bytes() const {
    int descriptor = -1;
    struct stat status {};
    check(mdb_env_get_fd(env_.get(), &descriptor), "mdb_env_get_fd");
    check(::fstat(descriptor, &status) == 0 ? 0 : errno, "fstat");
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace pusherd::persistence
