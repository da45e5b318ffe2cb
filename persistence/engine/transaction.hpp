#pragma once

#include "persistence/engine/environment.hpp"
#include "persistence/engine/table.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct MDB_cursor;

namespace pusherd::persistence {

/// How much of the map is used.
struct page_use {
    std::uint64_t map_bytes;
    std::uint64_t free_bytes;  ///< never used yet, or freed
};

/// Reading, in a snapshot or in a write transaction. What a call returns may be a view into the map: in a snapshot it
/// is valid until the snapshot ends, in a write transaction until its next change. There is no way to write with it.
class read_txn {
public:
    explicit read_txn(MDB_txn* txn) noexcept : txn_(txn) {}

    /// The record of the key, or nothing.
    template <class Key, class Record>
    [[nodiscard]] std::optional<Record> find(const table<Key, Record>& from, const Key& key) const {
        key_buffer buffer;
        const auto bytes = get(from.handle, encode(key, buffer));
        if (!bytes) return std::nullopt;
        return Record::decode(*bytes);
    }

    template <class Key, class Record>
    [[nodiscard]] bool contains(const table<Key, Record>& in, const Key& key) const {
        key_buffer buffer;
        return get(in.handle, encode(key, buffer)).has_value();
    }

    /// Calls `visit(key bytes, record bytes)` for every entry whose key starts with `prefix`, in the order of the
    /// keys, until it returns false. It must not change the table.
    template <class Key, class Record, std::predicate<std::string_view, std::string_view> Visit>
    void scan(const table<Key, Record>& from, std::string_view prefix, Visit&& visit) const {
        scan_bytes(from.handle, prefix, [&](std::string_view key, std::string_view record) {
            return key.starts_with(prefix) && visit(key, record);
        });
    }

    /// The same for every entry from `first_key` on.
    template <class Key, class Record, std::predicate<std::string_view, std::string_view> Visit>
    void scan_from(const table<Key, Record>& from, std::string_view first_key, Visit&& visit) const {
        scan_bytes(from.handle, first_key, std::ref(visit));
    }

    /// How many entries the table has. Constant time.
    template <class Key, class Record>
    [[nodiscard]] std::uint64_t count(const table<Key, Record>& in) const {
        return count_entries(in.handle);
    }

    /// Opens a table that exists; nothing if there is none of that name.
    template <class Table>
    [[nodiscard]] std::optional<Table> open(const char* name) const {
        const auto handle = open_table(name, false);
        if (!handle) return std::nullopt;
        return Table{*handle};
    }

    /// How much of the map this transaction's state of the database uses.
    [[nodiscard]] page_use pages() const;

    /// Looks for what cannot be in the list of free pages: a page beyond the last one, one of the two meta pages, one
    /// that is listed twice, a list of another size than it says. Whoever writes next would use what is listed.
    /// @return what is wrong; empty: nothing
    [[nodiscard]] std::string fault_of_free_list() const;

    /// Whether nothing newer is in the file. Something is while a commit is coming to its end, and after a process was
    /// killed just there: then snapshots miss that commit until the next write transaction has begun.
    [[nodiscard]] bool is_newest() const;

    /// The id of the last transaction that this one sees.
    [[nodiscard]] std::uint64_t id() const noexcept;

protected:
    [[nodiscard]] std::optional<unsigned> open_table(const char* name, bool create) const;

    MDB_txn* txn_;

private:
    using visitor = std::function<bool(std::string_view, std::string_view)>;

    [[nodiscard]] std::optional<std::string_view> get(unsigned table_handle, std::string_view key) const;
    void scan_bytes(unsigned table_handle, std::string_view first_key, const visitor& visit) const;
    [[nodiscard]] std::uint64_t count_entries(unsigned table_handle) const;
};

/// The transaction that opens the tables of an existing database at start: handles that it opened are valid in the
/// whole process once it has been committed (lmdb.h, mdb_dbi_open).
class opening_txn : public read_txn {
public:
    explicit opening_txn(environment& env);
    ~opening_txn();

    opening_txn(const opening_txn&) = delete;
    opening_txn& operator=(const opening_txn&) = delete;

    void commit();
};

/// The one write transaction that an environment can have at a time, over all processes. It ends with commit(), or
/// without a trace in its destructor; both on the thread that began it.
class write_txn : public read_txn {
public:
    /// Waits for its turn.
    explicit write_txn(environment& env);
    ~write_txn();

    write_txn(const write_txn&) = delete;
    write_txn& operator=(const write_txn&) = delete;

    /// Stores the record, in place of what was there.
    template <class Key, class Record>
    void put(const table<Key, Record>& into, const Key& key, std::string_view record_bytes) {
        key_buffer buffer;
        put_bytes(into.handle, encode(key, buffer), record_bytes);
    }

    /// Removes the entry; false if there was none.
    template <class Key, class Record>
    bool erase(const table<Key, Record>& from, const Key& key) {
        key_buffer buffer;
        return erase_bytes(from.handle, encode(key, buffer));
    }

    template <class Table>
    [[nodiscard]] Table create(const char* name) {
        return Table{*open_table(name, true)};
    }

    /// Ends the transaction: all of it is on disk when this returns, or none of it if it throws, as where data.mdb has
    /// been deleted or replaced meanwhile, or its folder moved.
    void commit();

private:
    void check_that_file_is_in_its_place();
    void put_bytes(unsigned table_handle, std::string_view key, std::string_view record);
    bool erase_bytes(unsigned table_handle, std::string_view key);

    environment& env_;
    std::unique_lock<std::mutex> writing_;
};

/// Takes snapshots, one at a time. One a thread: calls must not overlap. It must not outlive its environment.
class snapshot_reader {
public:
    explicit snapshot_reader(environment& env);
    ~snapshot_reader();

    snapshot_reader(const snapshot_reader&) = delete;
    snapshot_reader& operator=(const snapshot_reader&) = delete;

    /// Calls `query(const read_txn&)` with a snapshot of what is committed now, and ends the snapshot when it returns.
    /// A plain call: it cannot be suspended, so no snapshot lives across a co_await and pins old pages.
    template <std::invocable<const read_txn&> Query>
    auto operator()(Query&& query) {
        const ending_snapshot end_it(*this);
        return read_latest(std::forward<Query>(query));
    }

    /// The same, but the snapshot stays open after it, and the next call uses it again unless something newer has been
    /// committed: a new one would look up each table anew, which is half of what a small query costs. Until rest(), or
    /// until a query throws, it pins old pages, who changes the map waits, and the thread must not write.
    template <std::invocable<const read_txn&> Query>
    auto read_latest(Query&& query) {
        static_assert(!std::is_same_v<std::invoke_result_t<Query, const read_txn&>, std::string_view>,
                      "a view dies with its snapshot: return owned data");
        open_latest();
        try {
            return std::invoke(std::forward<Query>(query), read_txn{txn_});
        } catch (...) {
            rest();
            throw;
        }
    }

    /// Ends the snapshot that is open, if one is.
    void rest() noexcept;

private:
    friend class environment;

    class ending_snapshot {
    public:
        explicit ending_snapshot(snapshot_reader& reader) noexcept : reader_(reader) {}
        ~ending_snapshot() { reader_.rest(); }
        ending_snapshot(const ending_snapshot&) = delete;
        ending_snapshot& operator=(const ending_snapshot&) = delete;

    private:
        snapshot_reader& reader_;
    };

    void open_latest();
    [[nodiscard]] int begin_where_there_is_a_map();
    [[nodiscard]] int begin_or_renew() noexcept;

    environment& env_;
    MDB_txn* txn_ = nullptr;
    std::mutex reading_;  ///< held while a snapshot is open: see environment
    std::unique_lock<std::mutex> open_{reading_, std::defer_lock};
};

}  // namespace pusherd::persistence
