#include "persistence/engine/transaction.hpp"

#include "domain/fixed_text.hpp"
#include "persistence/engine/storage_error.hpp"

#include <lmdb.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

MDB_val to_val(std::string_view bytes) noexcept {
    // LMDB takes a pointer to non-const and does not write through it.
    return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view to_view(const MDB_val& value) noexcept {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// mdb.c: table 0 lists the pages that each transaction has freed: their number, then the pages, the last one first.
constexpr unsigned free_list = 0;

std::vector<std::size_t> words_in(std::string_view bytes) {
    std::vector<std::size_t> words(bytes.size() / sizeof(std::size_t));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(std::size_t));
    return words;
}

struct cursor_closer {
    void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};

}  // namespace

std::optional<std::string_view> read_txn::get(unsigned table_handle, std::string_view key) const {
    MDB_val key_val = to_val(key);
    MDB_val value{};
    const int code = mdb_get(txn_, table_handle, &key_val, &value);
    if (code == MDB_NOTFOUND) return std::nullopt;
    check(code, "mdb_get");
    return to_view(value);
}

void read_txn::scan_bytes(unsigned table_handle, std::string_view first_key, const visitor& visit) const {
    MDB_cursor* raw = nullptr;
    check(mdb_cursor_open(txn_, table_handle, &raw), "mdb_cursor_open");
    const std::unique_ptr<MDB_cursor, cursor_closer> cursor(raw);
    MDB_val key = to_val(first_key);
    MDB_val value{};
    int code = mdb_cursor_get(raw, &key, &value, first_key.empty() ? MDB_FIRST : MDB_SET_RANGE);
    for (; code == MDB_SUCCESS; code = mdb_cursor_get(raw, &key, &value, MDB_NEXT))
        if (!visit(to_view(key), to_view(value))) return;
    if (code != MDB_NOTFOUND) check(code, "mdb_cursor_get");
}

std::uint64_t read_txn::count_entries(unsigned table_handle) const {
    MDB_stat stat{};
    check(mdb_stat(txn_, table_handle, &stat), "mdb_stat");
    return stat.ms_entries;
}

std::optional<unsigned> read_txn::open_table(const char* name, bool create) const {
    unsigned handle = 0;
    const int code = mdb_dbi_open(txn_, name, create ? MDB_CREATE : 0U, &handle);
    // MDB_INCOMPATIBLE: a record of that name that is no table, in a file that is not ours.
    if (!create && (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE)) return std::nullopt;
    check(code, "mdb_dbi_open");
    return handle;
}

page_use read_txn::pages() const {
    std::uint64_t free_pages = 0;
    scan_bytes(free_list, {}, [&](std::string_view, std::string_view pages) {
        std::size_t count = 0;
        if (pages.size() >= sizeof count) std::memcpy(&count, pages.data(), sizeof count);
        free_pages += count;
        return true;
    });
    MDB_envinfo info{};
    MDB_stat stat{};
    check(mdb_env_info(mdb_txn_env(txn_), &info), "mdb_env_info");
    check(mdb_env_stat(mdb_txn_env(txn_), &stat), "mdb_env_stat");
    const std::uint64_t unused = info.me_mapsize - (info.me_last_pgno + 1) * stat.ms_psize;
    return {.map_bytes = info.me_mapsize, .free_bytes = unused + free_pages * stat.ms_psize};
}

std::string read_txn::fault_of_free_list() const {
    constexpr std::size_t first_page = 2;  // behind the meta pages
    MDB_envinfo info{};
    check(mdb_env_info(mdb_txn_env(txn_), &info), "mdb_env_info");
    std::vector<bool> is_free(info.me_last_pgno + 1);
    std::string fault;
    scan_bytes(free_list, {}, [&](std::string_view key, std::string_view value) {
        const auto words = words_in(value);
        if (key.size() != sizeof(std::size_t) || words.empty() || words.front() >= words.size())
            fault = "a list of free pages is cut off";
        for (std::size_t i = 1; fault.empty() && i <= words.front(); ++i) {
            const std::size_t page = words[i];
            if (page < first_page || page >= is_free.size())
                fault = "page " + std::to_string(page) + " is listed as free, and is none";
            else if (is_free[page])
                fault = "page " + std::to_string(page) + " is listed as free twice";
            else
                is_free[page] = true;
        }
        return fault.empty();
    });
    return fault;
}

bool read_txn::is_newest() const {
    MDB_envinfo info{};
    check(mdb_env_info(mdb_txn_env(txn_), &info), "mdb_env_info");
    return info.me_last_txnid == id();
}

std::uint64_t read_txn::id() const noexcept { return mdb_txn_id(txn_); }

opening_txn::opening_txn(environment& env) : read_txn(nullptr) {
    int code = mdb_txn_begin(env.handle(), nullptr, MDB_RDONLY, &txn_);
    while (code == MDB_MAP_RESIZED) {
        env.change_map_size(0);
        code = mdb_txn_begin(env.handle(), nullptr, MDB_RDONLY, &txn_);
    }
    check(code, "mdb_txn_begin");
}

opening_txn::~opening_txn() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void opening_txn::commit() { check(mdb_txn_commit(std::exchange(txn_, nullptr)), "mdb_txn_commit"); }

write_txn::write_txn(environment& env) : read_txn(nullptr), env_(env), writing_(env.writing_) {
    env.check_map();
    int code = mdb_txn_begin(env.handle(), nullptr, 0, &txn_);
    while (code == MDB_MAP_RESIZED) {
        env.change_map_size_while_writing_is_locked(0);
        code = mdb_txn_begin(env.handle(), nullptr, 0, &txn_);
    }
    check(code, "mdb_txn_begin");
}

write_txn::~write_txn() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void write_txn::put_bytes(unsigned table_handle, std::string_view key, std::string_view record) {
    MDB_val key_val = to_val(key);
    MDB_val value = to_val(record);
    check(mdb_put(txn_, table_handle, &key_val, &value, 0), "mdb_put");
}

bool write_txn::erase_bytes(unsigned table_handle, std::string_view key) {
    MDB_val key_val = to_val(key);
    const int code = mdb_del(txn_, table_handle, &key_val, nullptr);
    if (code == MDB_NOTFOUND) return false;
    check(code, "mdb_del");
    return true;
}

// Under the process, another file may have been put in the place of the one that it has open: what is committed to that
// is lost with it.
void write_txn::check_that_file_is_in_its_place() {
    const char* folder = nullptr;
    int descriptor = -1;
    check(mdb_env_get_path(env_.handle(), &folder), "mdb_env_get_path");
    check(mdb_env_get_fd(env_.handle(), &descriptor), "mdb_env_get_fd");
    struct stat opened {};
    struct stat found {};
    const domain::fixed_text<4096> path{folder, "/data.mdb"};
    if (::fstat(descriptor, &opened) != 0 || ::stat(path.c_str(), &found) != 0)
        throw storage_error(errno == ENOENT ? ESTALE : errno, "data.mdb");
    if (opened.st_ino != found.st_ino || opened.st_dev != found.st_dev) throw storage_error(ESTALE, "data.mdb");
    if (env_.watch_ && !env_.watch_->is_in_its_place()) throw storage_error(ESTALE, "the data folder");
}

void write_txn::commit() {
    check_that_file_is_in_its_place();
    // The transaction is freed whether the commit succeeds or not (lmdb.h, mdb_txn_commit).
    const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
    writing_.unlock();
    check(code, "mdb_txn_commit");
}

snapshot_reader::snapshot_reader(environment& env) : env_(env) {
    const std::lock_guard lock(env_.readers_mutex_);
    // In the order of their addresses: who locks them all locks them in one order, whatever the environment.
    auto& readers = env_.readers_;
    readers.insert(std::upper_bound(readers.begin(), readers.end(), this, std::less<>()), this);
}

snapshot_reader::~snapshot_reader() {
    rest();
    {
        const std::lock_guard lock(env_.readers_mutex_);
        std::erase(env_.readers_, this);
    }
    if (txn_ != nullptr) mdb_txn_abort(txn_);
}

int snapshot_reader::begin_or_renew() noexcept {
    return txn_ == nullptr ? mdb_txn_begin(env_.handle(), nullptr, MDB_RDONLY, &txn_) : mdb_txn_renew(txn_);
}

int snapshot_reader::begin_where_there_is_a_map() {
    open_.lock();
    try {
        env_.check_map();
    } catch (...) {
        open_.unlock();
        throw;
    }
    return begin_or_renew();
}

void snapshot_reader::open_latest() {
    if (open_.owns_lock()) {
        if (read_txn(txn_).is_newest()) return;
        rest();
    }
    int code = begin_where_there_is_a_map();
    while (code == MDB_MAP_RESIZED) {
        open_.unlock();
        env_.change_map_size(0);
        code = begin_where_there_is_a_map();
    }
    if (code != MDB_SUCCESS) open_.unlock();
    check(code, "mdb_txn_renew");
}

void snapshot_reader::rest() noexcept {
    if (!open_.owns_lock()) return;
    mdb_txn_reset(txn_);
    open_.unlock();
}

}  // namespace pusherd::persistence
