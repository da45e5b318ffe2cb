#include "persistence/registry/database.hpp"

#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/files/data_folder.hpp"
#include "persistence/records/bytes.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/migration.hpp"

#include <algorithm>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr meta_key program_entry{"program"};
constexpr meta_key schema_entry{"schema"};
constexpr meta_key map_size_entry{"map-size"};
constexpr meta_key server_name_entry{"server-name"};

[[noreturn]] void refuse(const fs::path& folder, const std::string& why) {
    throw unusable_database(folder.string() + ": " + why);
}

template <std::integral Integer>
std::string to_bytes(Integer value) {
    std::string out;
    append(out, value);
    return out;
}

template <std::integral Integer>
std::optional<Integer> read_meta(const read_txn& txn, const tables& all, const meta_key& name) {
    const auto found = txn.find(all.meta, name);
    if (!found) return std::nullopt;
    return byte_reader(found->bytes).take<Integer>();
}

std::optional<std::size_t> recorded_map_size(const read_txn& txn, const tables& all) {
    const auto recorded = read_meta<std::uint64_t>(txn, all, map_size_entry);
    if (!recorded) return std::nullopt;
    return static_cast<std::size_t>(*recorded);
}

// Another process may have written the database on a machine with larger pages.
std::size_t to_whole_pages(std::size_t bytes) {
    constexpr std::size_t page = 64 * 1024;
    return (bytes + page - 1) / page * page;
}

// A user of another server who has a token already, or nothing.
std::optional<std::string> find_foreign_user(const read_txn& txn, const tables& all, std::string_view server_name) {
    std::optional<std::string> found;
    txn.scan(all.tokens, {}, [&](std::string_view, std::string_view bytes) {
        const token_record token = token_record::decode(bytes);
        if (is_valid(txn, all, token) && token.who != domain::role::service &&
            domain::server_of(token.user_id) != server_name)
            found = std::string(token.user_id);
        return !found;
    });
    return found;
}

}  // namespace

void check_meta_entry(std::string_view name, std::string_view value) {
    byte_reader in(value);
    if (name == schema_entry.name || name == last_import_entry.name)
        (void)in.take<std::uint32_t>();
    else if (name == map_size_entry.name)
        (void)in.take<std::uint64_t>();
    else if (name == program_entry.name || name == server_name_entry.name)
        return;
    else
        throw corrupt_record("an entry of that name is not known");
    in.expect_end();
}

/// What comes before LMDB: looks at the folder, creates it if that is wanted, and keeps every other process that opens
/// this database waiting until this one has opened it, so that nobody sees one that is being created.
class database::preparation {
public:
    preparation(const fs::path& folder, const database_options& options)
        : creating_(options.mode == open_mode::create),
          turn_(wait_for_turn(folder)),
          content_(inspect(folder)),
          lock_file_(folder / "lock.mdb"),
          had_lock_file_(fs::exists(lock_file_)) {
        if (content_ == folder_content::database) {
            if (options.mode != open_mode::look && options.sync) sync_data(folder);
            return;
        }
        if (!creating_) refuse_absent(folder);
        if (content_ == folder_content::half_created)
            put_aside_ = "a database that was half created, and held nothing, has been put aside as " +
                         put_half_created_aside(folder).string();
        // Once there is a database, nobody comes here again.
        if (options.sync) sync_folders_above(folder);
    }

    // What was refused is left as it was found: without LMDB's lock file.
    ~preparation() {
        std::error_code ignored;
        if (!accepted_ && !had_lock_file_) fs::remove(lock_file_, ignored);
    }

    preparation(const preparation&) = delete;
    preparation& operator=(const preparation&) = delete;

    [[nodiscard]] bool is_new() const noexcept { return content_ != folder_content::database; }
    [[nodiscard]] const std::string& put_aside() const noexcept { return put_aside_; }
    void accept() noexcept { accepted_ = true; }

private:
    [[noreturn]] static void refuse_absent(const fs::path& folder) {
        refuse(folder, "there is no database; pusherd serve, token issue, token import and import create one");
    }

    [[nodiscard]] file_lock wait_for_turn(const fs::path& folder) const {
        if (inspect(folder) == folder_content::absent) {
            if (!creating_) refuse_absent(folder);
            create_folder(folder);
        }
        return file_lock::wait_for(folder);
    }

    bool creating_;
    file_lock turn_;
    folder_content content_;
    fs::path lock_file_;
    bool had_lock_file_;
    bool accepted_ = false;
    std::string put_aside_;
};

database::database(const fs::path& folder, const database_options& options) try
    : database(folder, options, preparation(folder, options)) {
} catch (const storage_error& problem) {
    refuse(folder, problem.what());
} catch (const corrupt_record& problem) {
    refuse(folder, problem.what());
}

database::database(const fs::path& folder, const database_options& options, preparation prepared)
    : folder_(folder),
      put_aside_(prepared.put_aside()),
      env_(folder, {.map_size = prepared.is_new() ? to_whole_pages(options.map_size.value_or(default_map_size)) : 0,
                    .read_only = options.mode == open_mode::look,
                    .sync = options.sync}) {
    if (prepared.is_new()) {
        make_files_private(folder_);
        create_schema(options);
    } else {
        open_schema(options);
    }
    prepared.accept();
    // At every start: who created the database may have been killed before it came to this.
    if (options.mode != open_mode::look && options.sync) sync_entries(folder_);
    give_files_to_owner(folder_);
}

void database::create_schema(const database_options& options) {
    write_txn txn(env_);
    tables_.meta = txn.create<decltype(tables::meta)>("meta");
    tables_.users = txn.create<decltype(tables::users)>("users");
    tables_.holders = txn.create<decltype(tables::holders)>("holders");
    tables_.tokens = txn.create<decltype(tables::tokens)>("tokens");
    tables_.sessions = txn.create<decltype(tables::sessions)>("sessions");
    tables_.imports = txn.create<decltype(tables::imports)>("imports");
    tables_.session_ends = txn.create<decltype(tables::session_ends)>("session-ends");
    create_tables_of_pokes(txn, tables_);
    txn.put(tables_.meta, program_entry, "pusherd");
    txn.put(tables_.meta, schema_entry, to_bytes(schema_version));
    txn.put(tables_.meta, map_size_entry, to_bytes(static_cast<std::uint64_t>(env_.map_size())));
    if (!options.server_name.empty()) txn.put(tables_.meta, server_name_entry, options.server_name);
    txn.commit();
}

void database::open_schema(const database_options& options) {
    opening_txn txn(env_);
    open_tables(txn);
    txn.commit();
    apply_map_size(options);
    if (options.mode != open_mode::look) migrate_schema();
    apply_server_name(options);
}

void database::check_schema(const read_txn& txn) const {
    const std::uint32_t found = schema(txn);
    if (found == 0 || !txn.contains(tables_.meta, program_entry)) refuse(folder_, "is not a pusherd database");
    if (found > schema_version)
        refuse(folder_, "has schema " + std::to_string(found) + ", this pusherd knows schema " +
                            std::to_string(schema_version) + ": run the newer pusherd that wrote it");
}

void database::migrate_schema() {
    const std::uint32_t found = snapshot_reader(env_)([&](const read_txn& txn) { return schema(txn); });
    if (found == schema_version) return;
    write_txn txn(env_);
    check_schema(txn);
    migrate(txn, tables_, schema(txn));
    txn.put(tables_.meta, schema_entry, to_bytes(schema_version));
    txn.commit();
}

void database::open_tables(const read_txn& txn) {
    const auto open = [&]<class Table>(Table& into, const char* name) {
        const auto found = txn.open<Table>(name);
        if (!found) refuse(folder_, "is not a pusherd database");
        into = *found;
    };
    open(tables_.meta, "meta");
    check_schema(txn);
    open(tables_.users, "users");
    open(tables_.holders, "holders");
    open(tables_.tokens, "tokens");
    open(tables_.sessions, "sessions");
    open(tables_.imports, "imports");
    if (schema(txn) >= first_schema_with_session_ends) open(tables_.session_ends, "session-ends");
    if (schema(txn) < first_schema_with_pokes) return;
    open(tables_.queues, "queues");
    tables_.file_under(tables_.queues);
    open(tables_.tombstones, "tombstones");
}

void database::apply_map_size(const database_options& options) {
    const auto recorded = snapshot_reader(env_)([&](const read_txn& txn) { return recorded_map_size(txn, tables_); });
    std::size_t target = recorded.value_or(default_map_size);
    if (options.mode != open_mode::look && options.map_size) {
        const std::size_t wanted = to_whole_pages(*options.map_size);
        if (wanted > target || options.may_shrink_map) target = wanted;
    }
    if (target != env_.map_size()) env_.change_map_size(target);
    if (options.mode == open_mode::look || target == recorded) return;
    write_txn txn(env_);
    txn.put(tables_.meta, map_size_entry, to_bytes(static_cast<std::uint64_t>(target)));
    txn.commit();
}

void database::apply_server_name(const database_options& options) {
    const std::string& wanted = options.server_name;
    if (wanted.empty()) return;
    const auto belongs_already = [&](const read_txn& txn) {
        const std::string recorded = server_name(txn);
        if (!recorded.empty() && recorded != wanted)
            refuse(folder_, "belongs to the server " + recorded + ", not to " + wanted);
        return !recorded.empty();
    };
    if (snapshot_reader(env_)(belongs_already) || options.mode == open_mode::look) return;
    write_txn txn(env_);
    if (belongs_already(txn)) return;
    if (const auto user = find_foreign_user(txn, tables_, wanted))
        refuse(folder_, "has tokens of users of other servers than " + wanted + ", such as " +
                            domain::escape_control_characters(*user) + ": revoke them first");
    txn.put(tables_.meta, server_name_entry, wanted);
    txn.commit();
}

bool database::adopt_recorded_map_size() {
    const auto recorded = snapshot_reader(env_)([&](const read_txn& txn) { return recorded_map_size(txn, tables_); });
    if (!recorded || *recorded <= env_.map_size()) return false;
    env_.change_map_size(*recorded);
    return true;
}

std::uint32_t database::schema(const read_txn& txn) const {
    const auto found = txn.find(tables_.meta, schema_entry);
    if (!found || found->bytes.size() != sizeof(std::uint32_t)) return 0;
    return byte_reader(found->bytes).take<std::uint32_t>();
}

std::string database::server_name(const read_txn& txn) const {
    const auto found = txn.find(tables_.meta, server_name_entry);
    return found ? std::string(found->bytes) : std::string();
}

}  // namespace pusherd::persistence
