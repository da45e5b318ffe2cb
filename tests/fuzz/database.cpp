// A sound database, damaged by the input: verify() tells what is wrong, whatever it is. What a server and a command do
// with it either works or finds a corrupt record; and where verify() finds nothing wrong, it works, and leaves nothing
// wrong.

#include "domain/text.hpp"
#include "persistence/registry/health.hpp"
#include "persistence/registry/lmdb_store.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/poke_queue.hpp"
#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/queue_writer.hpp"
#include "persistence/registry/statistics.hpp"
#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"
#include "persistence/registry/tombstones.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/small_database.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::fuzz {
namespace {

using namespace persistence;
using domain::role;

constexpr std::string_view alices_token = "alice's token";
constexpr std::string_view bobs_token = "bob's token";
constexpr std::string_view staged_token = "a token of an import that was broken off";

/// Puts what the store would put, but with tokens that are the same every time.
class builder {
public:
    explicit builder(const tables& all) : all_(all) {}

    void put_token(std::string_view token, const token_record& record) {
        put(all_.tokens, token_key{sha256(token)}, record.encode());
        if (record.who != role::service)
            put(all_.sessions, session_of(sha256(token), record.user_id, record.device_id));
    }

    void put_pushers(std::string_view user_id, std::string_view device_id,
                     const std::vector<domain::set_command>& sets) {
        std::vector<registration> pushers;
        for (const domain::set_command& each : sets) {
            const auto& wanted = std::get<domain::upsert>(each);
            const digest128 key = digest_of(wanted.key);
            pushers.push_back({.key = key,
                               .created = 1,
                               .updated = 2,
                               .kind = wanted.kind,
                               .device_id = device_id,
                               .shown = wanted.shown});
            put(all_.holders, holder_key{key, user_id});
        }
        put(all_.users, user_key{user_id}, user_record::encode(pushers));
    }

    // An event and counts that wait for a pusher.
    void put_queue(std::string_view user_id, std::string_view pushkey) {
        const digest128 pusher = digest_of(domain::key_of(testing::set_of(pushkey)));
        const queue_key queue = queue_of(user_id, pusher);
        const poke_record event{.queued = 1, .event_id = "$1", .source = R"({"event_id":"$1"})"};
        const poke_record counts{.queued = 2, .source = R"({"counts":{"unread":1}})", .tweaks = "{}"};
        const queue_record record{.key = pusher,
                                  .user_id = user_id,
                                  .next = 3,
                                  .last_counts = 2,
                                  .waiting = 2,
                                  .bytes = event.size() + counts.size()};
        put(all_.queues, queue, record.encode());
        put(all_.pokes, poke_key{queue.pusher, 1}, event.encode());
        put(all_.pokes, poke_key{queue.pusher, 2}, counts.encode());
        put(all_.told_events, told_of(queue.pusher, "$1"), told_event_record{1}.encode());
        const tombstone_record grave{.removed = 1, .app_id = "org.example.app", .pushkey = "gone", .url = "https://h/"};
        const domain::pusher_key gone{"org.example.app", "gone"};
        put(all_.tombstones, tombstone_key{digest_of(user_id), digest_of(gone)}, grave.encode());
    }

    template <class Key, class Record>
    void put(const table<Key, Record>& into, const Key& key, std::string_view value = "") {
        key_buffer buffer;
        const auto raw = raw_tables_of(all_);
        const auto found =
            std::find_if(raw.begin(), raw.end(), [&](const raw_table& t) { return t.handle == into.handle; });
        entries_.push_back(
            {static_cast<std::size_t>(found - raw.begin()), std::string(encode(key, buffer)), std::string(value)});
    }

    [[nodiscard]] std::vector<raw_entry> take() { return std::move(entries_); }

private:
    const tables& all_;
    std::vector<raw_entry> entries_;
};

std::vector<raw_entry> sound_entries(database& db) {
    using testing::set_of;
    builder made(db.all());
    made.put_token(alices_token, {.issued = 1, .user_id = "@alice:h", .device_id = "PHONE"});
    made.put_token("another of alice's", {.who = role::admin, .issued = 2, .user_id = "@alice:h", .device_id = {}});
    made.put_token(bobs_token, {.issued = 3, .user_id = "@bob:h", .device_id = "PHONE"});
    made.put_token("a service's", {.who = role::service, .issued = 4, .user_id = "homeserver", .device_id = {}});
    made.put_token(staged_token, {.issued = 5, .import = 1, .user_id = "@carol:h", .device_id = "TABLET"});
    made.put(db.all().imports, import_key{1}, import_record{1}.encode());
    const domain::set_command mail = set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"});
    made.put_pushers("@alice:h", "PHONE", {set_of("1"), mail});
    made.put_pushers("@bob:h", "", {set_of("1", {.append = true}), set_of("2")});
    made.put_queue("@bob:h", "1");
    std::vector<raw_entry> entries = entries_of(db);  // what a new database says of itself
    for (raw_entry& each : made.take()) entries.push_back(std::move(each));
    return entries;
}

/// Takes an input apart from front to back; zeros follow its end.
class byte_source {
public:
    explicit byte_source(std::string_view bytes) : left_(bytes) {}

    [[nodiscard]] bool empty() const { return left_.empty(); }

    std::size_t number() {
        if (left_.empty()) return 0;
        const auto first = static_cast<unsigned char>(left_.front());
        left_.remove_prefix(1);
        return first;
    }

    std::string_view bytes() {
        const std::size_t size = number();
        const std::string_view taken = left_.substr(0, size);
        left_.remove_prefix(taken.size());
        return taken;
    }

private:
    std::string_view left_;
};

void overwrite(std::string& value, std::size_t at, std::string_view bytes) {
    at = std::min(at, value.size());
    value.replace(at, std::min(bytes.size(), value.size() - at), bytes);
}

// One change to the entries: which kind, to which entry, and what with.
void damage(std::vector<raw_entry>& entries, byte_source& input) {
    const std::size_t kind = input.number();
    raw_entry& victim = entries[input.number() % entries.size()];
    switch (kind % 7) {
        case 0: overwrite(victim.value, input.number(), input.bytes()); break;
        case 1: overwrite(victim.key, input.number(), input.bytes()); break;
        case 2: victim.value.resize(std::min(input.number(), victim.value.size())); break;
        case 3: victim.value.insert(std::min(input.number(), victim.value.size()), input.bytes()); break;
        case 4:
            entries.push_back(
                {input.number() % raw_table_count, std::string(input.bytes()), std::string(input.bytes())});
            break;
        case 5: entries.push_back({victim.table, victim.key + std::string(input.bytes()), victim.value}); break;
        default: entries.erase(entries.begin() + (&victim - entries.data())); break;
    }
}

// LMDB takes no other keys.
bool can_be_stored(const raw_entry& entry) { return !entry.key.empty() && entry.key.size() <= max_key_bytes; }

class no_waiter final : public domain::set_request {
public:
    using set_request::set_request;
    void on_done() noexcept override {}
};

/// What is done with a database, each thing as a server or a command does it.
class uses {
public:
    explicit uses(testing::scratch_store& scratch) : db_(scratch.db()), store_(scratch.store()) {}

    void list(std::string_view token, bool is_sound) const {
        struct copying_visitor final : domain::list_visitor {
            void visit(std::string_view shown) override { items = shown; }
            std::string items;
        } visitor;
        const auto reader = store_.open_reader();
        (void)reader->authenticate(domain::sha256(token));
        const bool listed = reader->list(domain::sha256(token), visitor).has_value();
        if (!is_sound || !listed) return;
        boost::system::error_code bad;
        (void)boost::json::parse('[' + visitor.items + ']', bad);
        require(!bad || bad == boost::json::error::exponent_overflow, "what is sound lists to JSON");
    }

    void set(std::string_view user_id, std::string_view token, const domain::set_command& command) const {
        const domain::identity who = {
            .user_id = std::string(user_id), .device_id = {}, .who = role::user, .token = sha256(token)};
        no_waiter request(who, command, domain::user_limits{}, 9);
        (void)store_.open_reader()->answer_without_writing(request);
        write_txn txn(db_.env());
        std::vector<std::string> evicted;
        if (carry_out_set(txn, db_.all(), request, evicted)) txn.commit();
    }

    // Of an event and of counts, as many as make the oldest go.
    void tell() const {
        write_txn txn(db_.env());
        for (const char* user : {"@alice:h", "@bob:h"})
            for (unsigned i = 0; i <= most_waiting; ++i) {
                const std::string id = i % 2 == 0 ? '$' + std::to_string(i) : "";
                const domain::notification told{
                    .user_id = user, .event_id = id, .source = R"({"counts":{}})", .tweaks = {}};
                (void)enqueue(txn, db_.all(), told, i);
                (void)tombstones_of(txn, db_.all(), user, 1);
                (void)health_of(txn, db_.all(), user, 1);
            }
        std::string position;
        forget_told_events(txn, db_.all(), 1, 100, position);
        txn.commit();
        (void)count_waiting_pokes(db_);
    }

    void list_tokens() const {
        const auto ignore = [](const domain::token_digest&, const token_record&) {};
        persistence::list_tokens(db_, std::nullopt, ignore);
        persistence::list_tokens(db_, "@alice:h", ignore);
        (void)find_tokens(db_, to_hex(as_bytes(sha256(alices_token))).substr(0, 8));
        (void)take_statistics(db_);
    }

    void revoke() const {
        (void)revoke_token(db_, sha256(alices_token));
        (void)revoke_device(db_, "@bob:h", "PHONE");
        (void)revoke_user(db_, "@alice:h");
    }

    void remove_user() const { (void)persistence::remove_user(db_, "@bob:h"); }
    void discard_imports() const { discard_broken_imports(db_); }

private:
    database& db_;
    domain::store& store_;
};

// False: a record turned out to be corrupt.
template <class Use>
bool works(const Use& use) {
    try {
        use();
        return true;
    } catch (const corrupt_record&) {
        return false;
    }
}

void use_all(const uses& database, bool is_sound) {
    using testing::removal_of;
    using testing::set_of;
    bool all_work = works([&] { database.list(alices_token, is_sound); });
    all_work &= works([&] { database.list(bobs_token, is_sound); });
    all_work &= works([&] { database.list(staged_token, is_sound); });
    all_work &= works([&] { database.set("@alice:h", alices_token, set_of("1")); });
    all_work &= works([&] { database.set("@bob:h", bobs_token, set_of("2", {.lang = "de"})); });
    all_work &= works([&] { database.set("@bob:h", bobs_token, set_of("3", {.append = true})); });
    all_work &= works([&] { database.set("@bob:h", bobs_token, removal_of("2")); });
    all_work &= works([&] { database.tell(); });
    all_work &= works([&] { database.list_tokens(); });
    all_work &= works([&] { database.revoke(); });
    all_work &= works([&] { database.remove_user(); });
    all_work &= works([&] { database.discard_imports(); });
    require(all_work || !is_sound, "where nothing is wrong, everything works");
}

testing::scratch_store& scratch() {
    static testing::scratch_store store;
    return store;
}

}  // namespace

void check_database(std::string_view input) {
    database& db = scratch().db();
    static const std::vector<raw_entry> sound = sound_entries(db);
    std::vector<raw_entry> entries = sound;
    for (byte_source bytes(input); !bytes.empty() && !entries.empty();) damage(entries, bytes);
    std::erase_if(entries, [](const raw_entry& each) { return !can_be_stored(each); });
    replace_entries(db, entries);

    const bool is_sound = count_faults(db) == 0;
    require(is_sound || !input.empty(), "what the store writes is sound");
    use_all(uses(scratch()), is_sound);
    if (is_sound) require(count_faults(db) == 0, "what is sound stays sound");
}

}  // namespace pusherd::fuzz
