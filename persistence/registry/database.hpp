#pragma once

#include "persistence/engine/environment.hpp"
#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"
#include "persistence/records/keys.hpp"
#include "persistence/records/poke_record.hpp"
#include "persistence/records/queue_record.hpp"
#include "persistence/records/session_end_record.hpp"
#include "persistence/records/token_record.hpp"
#include "persistence/records/told_event_record.hpp"
#include "persistence/records/tombstone_record.hpp"
#include "persistence/records/user_record.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// The tables, and what each holds.
struct tables {
    table<meta_key, meta_record> meta;                        ///< schema version, map size, server name …
    table<user_key, user_record> users;                       ///< the pushers of each user who has any
    table<holder_key, no_record> holders;                     ///< who holds a pusher key: one entry a pusher
    table<token_key, token_record> tokens;                    ///< what each token was issued for
    table<session_key, no_record> sessions;                   ///< the tokens of each user, by device
    table<import_key, import_record> imports;                 ///< imports under way
    table<session_end_key, session_end_record> session_ends;  ///< told by homeservers; none in a database of schema 2
    table<tombstone_key, tombstone_record> tombstones;     ///< of pushers that gateways have rejected; since schema 4
    table<queue_key, queue_record> queues;                 ///< of each pusher that was told of anything; the same
    table<poke_key, poke_record> pokes;                    ///< what waits in them
    table<told_event_key, told_event_record> told_events;  ///< so that each is told once

    /// The last three are one table of LMDB's: what is written for a pusher at a time lies on one page then, or few.
    void file_under(table<queue_key, queue_record> all_of_queues) noexcept {
        queues = all_of_queues;
        pokes = {all_of_queues.handle};
        told_events = {all_of_queues.handle};
    }

    /// Whether these are there: not in a database of an older schema that is only looked at.
    [[nodiscard]] bool have_pokes() const noexcept { return queues.handle != 0; }
};

/// In `meta`: the number of the last import.
inline constexpr meta_key last_import_entry{"last-import"};

/// Throws corrupt_record unless an entry of `meta` is one that pusherd writes, with a value of its size.
void check_meta_entry(std::string_view name, std::string_view value);

inline constexpr std::uint32_t schema_version = 4;
inline constexpr std::uint32_t first_schema_with_session_ends = 3;
inline constexpr std::uint32_t first_schema_with_pokes = 4;
/// Of 32 bits' address space a process has 2 GiB at least, of which something must be left for everything else.
inline constexpr bool is_address_space_small = sizeof(void*) < 8;
inline constexpr std::size_t gibibyte = std::size_t{1} << 30;
inline constexpr std::size_t default_map_size = is_address_space_small ? gibibyte : 16 * gibibyte;
inline constexpr std::size_t smallest_map_size = 256 * 1024;
inline constexpr std::size_t largest_map_size = is_address_space_small ? gibibyte / 2 * 3 : gibibyte << 16;

/// What opening a database may do.
enum class open_mode {
    look,    ///< reads; never creates one
    change,  ///< writes; never creates one
    create,  ///< writes; creates one where there is none
};

struct database_options {
    open_mode mode = open_mode::create;
    /// Bytes; nothing: what is recorded, or default_map_size for a new database. More than is recorded is recorded
    /// instead; less only if `may_shrink_map`.
    std::optional<std::size_t> map_size = std::nullopt;
    bool may_shrink_map = false;
    /// Recorded when it is given for the first time; another than is recorded is refused.
    std::string server_name{};
    bool sync = true;  ///< false: tests alone
};

/// An open database, checked: a pusherd's, of this schema, or, where it is only looked at, of an older one. Who may
/// write has brought an older one to this schema, in one transaction. Any thread.
class database {
public:
    /// Throws unusable_database with one line for the operator, and leaves what it refuses untouched.
    database(const std::filesystem::path& folder, const database_options& options);

    [[nodiscard]] environment& env() noexcept { return env_; }
    [[nodiscard]] const tables& all() const noexcept { return tables_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

    /// A line for the operator if there was what looked like a database that was half created, and this one was made in
    /// its place; empty: there was none.
    [[nodiscard]] const std::string& put_aside() const noexcept { return put_aside_; }

    /// The schema of what is stored, as it is recorded; 0 if it is not, or cannot be read.
    [[nodiscard]] std::uint32_t schema(const read_txn& txn) const;

    /// Adopts a map that another process has recorded as larger than this one's; false if there is none.
    bool adopt_recorded_map_size();

    /// The recorded server name; empty: none was ever given.
    [[nodiscard]] std::string server_name(const read_txn& txn) const;

private:
    class preparation;

    database(const std::filesystem::path& folder, const database_options& options, preparation prepared);

    void create_schema(const database_options& options);
    void open_schema(const database_options& options);
    void open_tables(const read_txn& txn);
    void check_schema(const read_txn& txn) const;
    void migrate_schema();
    void apply_map_size(const database_options& options);
    void apply_server_name(const database_options& options);

    std::filesystem::path folder_;
    std::string put_aside_;
    environment env_;
    tables tables_;
};

}  // namespace pusherd::persistence
