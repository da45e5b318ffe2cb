#include "persistence/registry/token_import.hpp"

#include "domain/user_id.hpp"
#include "persistence/files/data_folder.hpp"
#include "persistence/records/bytes.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/tokens.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>
#include <tuple>
#include <utility>

namespace pusherd::persistence {
namespace {

// A transaction of this many entries takes some ten milliseconds.
constexpr std::size_t entries_a_transaction = 8192;
// LMDB's write lock is not fair: without a pause between two transactions, a server might never get its turn.
constexpr std::chrono::milliseconds pause_for_others{2};

/// Calls `change(txn, part)` in transactions of their own for the parts of `all`.
template <class Item, class Change>
void in_short_transactions(database& db, std::span<Item> all, Change&& change) {
    for (std::size_t at = 0; at < all.size(); at += entries_a_transaction) {
        if (at != 0) std::this_thread::sleep_for(pause_for_others);
        write_txn txn(db.env());
        change(txn, all.subspan(at, std::min(entries_a_transaction, all.size() - at)));
        txn.commit();
    }
}

file_lock take_import_lock(database& db) {
    file_lock lock = file_lock::try_to_take(db.folder() / "import.lock");
    give_files_to_owner(db.folder());
    return lock;
}

/// Removes an import and its tokens. The caller has the import lock.
void discard(database& db, std::uint32_t import) {
    const tables& all = db.all();
    struct staged {
        domain::token_digest token;
        session_key session;
    };
    std::vector<staged> doomed;
    snapshot_reader(db.env())([&](const read_txn& txn) {
        txn.scan(all.tokens, {}, [&](std::string_view key, std::string_view bytes) {
            const token_record record = token_record::decode(bytes);
            if (record.import != import) return true;
            const auto token = decode_token_key(key).digest;
            doomed.push_back({token, session_of(token, record.user_id, record.device_id)});
            return true;
        });
    });
    std::uint64_t left = doomed.size();
    in_short_transactions(db, std::span(doomed), [&](write_txn& txn, std::span<staged> part) {
        for (const staged& each : part) {
            txn.erase(all.sessions, each.session);
            txn.erase(all.tokens, token_key{each.token});
        }
        left -= part.size();
        txn.put(all.imports, import_key{import}, import_record{left}.encode());
    });
    write_txn txn(db.env());
    txn.erase(all.imports, import_key{import});
    txn.commit();
}

void discard_all(database& db) {
    // A process that was killed in the middle of a commit leaves LMDB's lock file behind what the database holds: a
    // snapshot would miss the last tokens of its import. The next writer mends that.
    { const write_txn mending(db.env()); }
    std::vector<std::uint32_t> imports;
    snapshot_reader(db.env())([&](const read_txn& txn) {
        txn.scan(db.all().imports, {}, [&](std::string_view key, std::string_view) {
            imports.push_back(decode_import_key(key).id);
            return true;
        });
    });
    for (const std::uint32_t import : imports) discard(db, import);
}

/// A user of another server, if there is one that all users must be of.
const token_file::entry* find_foreign(std::span<const token_file::entry> entries, std::string_view server_name) {
    if (server_name.empty()) return nullptr;
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const token_file::entry& each) {
        return domain::server_of(each.user_id) != server_name;
    });
    return found == entries.end() ? nullptr : &*found;
}

import_problem foreign_user_in(const token_file::entry& entry) {
    return {entry.line, "the user is of another server than the database's"};
}

/// An import under way. The destructor takes back what did not come to its end.
class staged_import {
public:
    staged_import(database& db, domain::timestamp now) : db_(db), all_(db.all()), now_(now), id_(begin()) {}

    ~staged_import() {
        if (finished_) return;
        try {
            discard(db_, id_);
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next import clears it away
        }
    }

    staged_import(const staged_import&) = delete;
    staged_import& operator=(const staged_import&) = delete;

    /// Writes the tokens that are not there yet; not valid so far. Nothing, or the token that another user has.
    [[nodiscard]] const token_file::entry* stage(std::span<const token_file::entry> entries) {
        const token_file::entry* clash = nullptr;
        in_short_transactions(db_, entries, [&](write_txn& txn, std::span<const token_file::entry> part) {
            for (const token_file::entry& each : part)
                if (clash == nullptr && !stage_token(txn, each)) clash = &each;
            txn.put(all_.imports, import_key{id_}, import_record{sessions_.size()}.encode());
        });
        if (clash != nullptr) return clash;
        std::sort(sessions_.begin(), sessions_.end(), [](const session_key& a, const session_key& b) {
            return std::tie(a.user, a.device, a.token) < std::tie(b.user, b.device, b.token);
        });
        in_short_transactions(db_, std::span(sessions_), [&](write_txn& txn, std::span<session_key> part) {
            for (const session_key& each : part) txn.put(all_.sessions, each, "");
        });
        return nullptr;
    }

    /// Makes all of them valid. Nothing, or the token of a user of another server than was recorded meanwhile.
    [[nodiscard]] const token_file::entry* finish(std::span<const token_file::entry> entries) {
        write_txn txn(db_.env());
        if (const auto* foreign = find_foreign(entries, db_.server_name(txn))) return foreign;
        for (const token_file::entry* each : moved_) move_to_device(txn, *each);
        txn.erase(all_.imports, import_key{id_});
        txn.commit();
        finished_ = true;
        return nullptr;
    }

private:
    [[nodiscard]] std::uint32_t begin() const {
        write_txn txn(db_.env());
        const auto last = txn.find(all_.meta, last_import_entry);
        const std::uint32_t id = (last ? byte_reader(last->bytes).take<std::uint32_t>() : 0) + 1;
        std::string bytes;
        append(bytes, id);
        txn.put(all_.meta, last_import_entry, bytes);
        txn.put(all_.imports, import_key{id}, import_record{}.encode());
        txn.commit();
        return id;
    }

    [[nodiscard]] bool stage_token(write_txn& txn, const token_file::entry& entry) {
        if (const auto present = txn.find(all_.tokens, token_key{entry.token})) {
            if (present->who == domain::role::service || present->user_id != entry.user_id) return false;
            if (present->device_id != entry.device_id) moved_.push_back(&entry);
            return true;
        }
        const token_record record{.who = domain::role::user,
                                  .issued = now_,
                                  .import = id_,
                                  .user_id = entry.user_id,
                                  .device_id = entry.device_id};
        txn.put(all_.tokens, token_key{entry.token}, record.encode());
        sessions_.push_back(session_of(entry.token, entry.user_id, entry.device_id));
        return true;
    }

    // A token that was there already, for the same user and another device.
    void move_to_device(write_txn& txn, const token_file::entry& entry) {
        const auto present = txn.find(all_.tokens, token_key{entry.token});
        if (!present) return;  // revoked meanwhile: it stays so
        const std::string bytes = present->encode();
        token_record record = token_record::decode(bytes);
        txn.erase(all_.sessions, session_of(entry.token, record.user_id, record.device_id));
        record.device_id = entry.device_id;
        txn.put(all_.tokens, token_key{entry.token}, record.encode());
        txn.put(all_.sessions, session_of(entry.token, entry.user_id, entry.device_id), "");
    }

    database& db_;
    const tables& all_;
    domain::timestamp now_;
    std::uint32_t id_;
    std::vector<session_key> sessions_;
    std::vector<const token_file::entry*> moved_;
    bool finished_ = false;
};

}  // namespace

std::variant<std::uint64_t, import_problem> import_tokens(database& db, const token_file& file, domain::timestamp now) {
    const file_lock lock = take_import_lock(db);
    if (!lock.held()) return import_problem{0, "another import is under way: wait for it"};
    discard_all(db);
    const std::string server = snapshot_reader(db.env())([&](const read_txn& txn) { return db.server_name(txn); });
    if (const auto* foreign = find_foreign(file.entries(), server)) return foreign_user_in(*foreign);
    staged_import import(db, now);
    if (const token_file::entry* clash = import.stage(file.entries()))
        return import_problem{clash->line, "the token belongs to another user, or to a service, already"};
    if (const auto* foreign = import.finish(file.entries())) return foreign_user_in(*foreign);
    return file.entries().size();
}

void discard_broken_imports(database& db) {
    const bool any = snapshot_reader(db.env())([&](const read_txn& txn) { return txn.count(db.all().imports) != 0; });
    if (!any) return;
    const file_lock lock = take_import_lock(db);
    if (lock.held()) discard_all(db);
}

}  // namespace pusherd::persistence
