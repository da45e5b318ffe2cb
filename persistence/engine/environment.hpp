#pragma once

#include "persistence/engine/folder_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

struct MDB_env;
struct MDB_txn;

namespace pusherd::persistence {

class snapshot_reader;

/// How an environment is opened.
struct environment_options {
    std::size_t map_size = 0;  ///< bytes of address space; 0: what the file was last used with
    bool read_only = false;    ///< nothing is written, and nothing is created but LMDB's lock file
    bool sync = true;          ///< false (tests alone): commits do not wait for the disk
};

/// The LMDB environment of one data folder: the map, its size, and who reads it. Open it once in a process, and never
/// fork after that (lmdb.h, "Caveats"). Any thread.
///
/// LMDB wants no transaction of this process to be under way while the map changes (mdb_env_set_mapsize). So every
/// snapshot_reader has a mutex that it holds while it reads, which nobody else ever wants but the one who changes the
/// map: that one takes them all.
class environment {
public:
    environment(const std::filesystem::path& folder, const environment_options& options);
    ~environment();

    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;

    [[nodiscard]] MDB_env* handle() const noexcept { return env_.get(); }

    /// The size of the map of this process, in bytes.
    [[nodiscard]] std::size_t map_size() const;

    /// Changes the size of this process's map; 0 adopts what another process has grown it to. Never less than what
    /// the data takes. Waits for the reads and the write that are under way; the calling thread must be in none.
    void change_map_size(std::size_t bytes);

    /// Clears the reader slots of processes that died: such a slot would keep old pages from being used again.
    /// @return how many there were
    int clear_stale_readers();

    /// The reader slots of all processes.
    struct reader_use {
        std::size_t slots = 0;                     ///< in use; not all of them have a snapshot now
        std::optional<std::uint64_t> oldest = {};  ///< the transaction whose snapshot the oldest of them has
    };
    [[nodiscard]] reader_use readers() const;

    /// The size of data.mdb, wherever it is by now.
    [[nodiscard]] std::uint64_t file_bytes() const;

private:
    friend class snapshot_reader;
    friend class write_txn;

    void change_map_size_while_writing_is_locked(std::size_t bytes);

    /// Throws if the map is gone: LMDB itself would read where it was. Called with the caller's own mutex held.
    void check_map() const;

    struct closer {
        void operator()(MDB_env* env) const noexcept;
    };

    std::unique_ptr<MDB_env, closer> env_;
    std::optional<folder_watch> watch_;  ///< nothing: it is only read; used with writing_ held
    std::mutex writing_;                 ///< held during a write transaction; taken before readers_mutex_
    std::mutex readers_mutex_;
    std::vector<snapshot_reader*> readers_;
    bool map_is_gone_ = false;  ///< read with any one of these mutexes held, written with all of them
};

}  // namespace pusherd::persistence
