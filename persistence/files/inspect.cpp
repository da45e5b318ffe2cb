#include "persistence/engine/storage_error.hpp"
#include "persistence/files/backup_folder.hpp"
#include "persistence/files/data_folder.hpp"
#include "persistence/files/first_commit.hpp"
#include "persistence/files/page_bytes.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

// What data.mdb is, told from its first pages alone (LMDB 0.9, mdb.c: MDB_page, MDB_meta). LMDB writes both meta pages
// when it creates the file, but syncs them with the first commit alone. A crash or a loss of power before that leaves
// any part of them, torn at a sector, and any part of the first commit's pages.
namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t lmdb_magic = 0xBEEFC0DE;
// Behind magic and version, address and size of the map, two tables of 8 bytes and five words, the last page's number.
constexpr std::size_t txnid_offset = page_header_size + 8 + 2 * word + 2 * (8 + 5 * word) + word;
// The tables of an empty database take a dozen pages; what is larger holds something.
constexpr std::size_t largest_half_created_pages = 64;

std::string read_file(const fs::path& path, std::size_t at_most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw unusable_database(path.string() + ": cannot be read: " + std::generic_category().message(errno));
    std::string bytes(at_most, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(at_most));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

enum class meta_page { blank, initial, committed, foreign };

// A meta page as it may be before the first commit is on disk: what LMDB wrote, or a sector of it that never came.
meta_page look_at_meta(std::string_view page) {
    if (is_all_zero(page)) return meta_page::blank;
    if (read<std::uint32_t>(page, page_header_size) != lmdb_magic) return meta_page::foreign;
    return read<std::size_t>(page, txnid_offset) == 0 ? meta_page::initial : meta_page::committed;
}

bool may_be_first_commit(std::string_view file, std::size_t page_size) {
    for (std::size_t page = 2; page * page_size < file.size(); ++page)
        if (!may_be_of_first_commit(file.substr(page * page_size, page_size), page)) return false;
    return true;
}

bool hold_nothing(std::string_view file, std::size_t page_size) {
    const auto holds_nothing = [&](std::size_t page) {
        const std::size_t begin = std::min(page * page_size, file.size());
        const meta_page meta = look_at_meta(file.substr(begin, page_size));
        return meta == meta_page::blank || meta == meta_page::initial;
    };
    return holds_nothing(0) && holds_nothing(1);
}

// Reads the meta pages first: nearly every file is a database, and its start is not to wait for more.
bool is_half_created(const fs::path& path) {
    const auto page_size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::uintmax_t file_size = fs::file_size(path);
    if (file_size > largest_half_created_pages * page_size) return false;
    const auto size = static_cast<std::size_t>(file_size);
    if (!hold_nothing(read_file(path, std::min(size, 2 * page_size)), page_size)) return false;
    return may_be_first_commit(read_file(path, size), page_size);
}

// Who may write to the folder could have another user, such as root, overwrite any file.
void refuse_links(const fs::path& folder) {
    for (const char* name : file_names) {
        std::error_code ignored;
        if (fs::symlink_status(folder / name, ignored).type() == fs::file_type::symlink)
            throw unusable_database((folder / name).string() +
                                    ": is a symbolic link; the files lie in the folder itself");
    }
}

// Who restores it is not to find an empty database in its place.
void refuse_partial_backup(const fs::path& folder) {
    std::error_code ignored;
    if (fs::exists(folder / partial_backup_name, ignored))
        throw unusable_database(folder.string() +
                                ": holds a backup that is under way, or was broken off, and no database");
}

void check_magic(const fs::path& path) {
    const std::string head = read_file(path, page_header_size + sizeof lmdb_magic);
    const auto magic = read<std::uint32_t>(head, page_header_size);
    if (magic == lmdb_magic) return;
    if (is_all_zero(head))
        throw unusable_database(
            path.string() +
            ": is not a pusherd database, or has lost its first page: restore a backup; nothing was touched");
    if (magic == __builtin_bswap32(lmdb_magic))
        throw unusable_database(
            path.string() +
            ": was written on a machine of another byte order: run pusherd export there, and pusherd import here");
    throw unusable_database(
        path.string() + ": is not a pusherd database: restore a backup, or name another folder; nothing was touched");
}

}  // namespace

folder_content inspect(const fs::path& folder) {
    std::error_code problem;
    const fs::file_status status = fs::status(folder, problem);
    if (status.type() == fs::file_type::not_found) return folder_content::absent;
    if (problem) throw unusable_database(storage_error(problem.value(), folder.string()).what());
    if (status.type() != fs::file_type::directory)
        throw unusable_database(folder.string() + ": is not a folder; --data names the folder of the database");

    refuse_links(folder);
    const fs::path data = folder / "data.mdb";
    const fs::file_status data_status = fs::status(data, problem);
    if (data_status.type() == fs::file_type::not_found) {
        refuse_partial_backup(folder);
        return folder_content::nothing;
    }
    if (problem) throw unusable_database(storage_error(problem.value(), data.string()).what());
    if (data_status.type() != fs::file_type::regular) throw unusable_database(data.string() + ": is not a file");
    if (is_half_created(data)) return folder_content::half_created;
    check_magic(data);
    return folder_content::database;
}

}  // namespace pusherd::persistence
