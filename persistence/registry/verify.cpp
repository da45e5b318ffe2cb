#include "persistence/registry/verify.hpp"

#include "domain/json_source.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/poke_check.hpp"
#include "persistence/registry/record_scan.hpp"
#include "persistence/registry/tokens.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>

namespace pusherd::persistence {
namespace {

namespace json = boost::json;

/// One pass over a snapshot.
class verifier {
public:
    verifier(const read_txn& txn, const database& db, const std::function<void(std::string_view)>& report)
        : txn_(txn),
          all_(db.all()),
          user_record_version_(db.schema(txn) == 1 ? 1 : user_record::newest_version),
          has_session_ends_(db.schema(txn) >= first_schema_with_session_ends),
          report_(report) {}

    verification run() {
        each(all_.users, "users", [this](auto key, auto bytes) { check_user(key, bytes); });
        each(all_.holders, "holders", [this](auto key, auto) { check_holder(key); });
        each(all_.tokens, "tokens", [this](auto key, auto bytes) { check_token(key, bytes); });
        each(all_.sessions, "sessions", [this](auto key, auto) { check_session(key); });
        each(all_.imports, "imports", [](auto key, auto bytes) {
            (void)decode_import_key(key);
            (void)import_record::decode(bytes);
        });
        if (has_session_ends_)
            each(all_.session_ends, "session_ends", [](auto key, auto bytes) {
                (void)decode_session_end_key(key);
                (void)session_end_record::decode(bytes);
            });
        check_pokes(txn_, all_, [this](auto table, auto key, auto what) { fault(table, key, what); });
        each(all_.meta, "meta", check_meta_entry);
        if (const std::string wrong = txn_.fault_of_free_list(); !wrong.empty()) fault_of_file(wrong);
        return found_;
    }

private:
    template <class Table, class Check>
    void each(const Table& table, std::string_view name, Check&& check) {
        check_each(txn_, table, check, [&](auto key, auto problem) { fault(name, key, problem); });
    }

    void fault_of_file(const std::string& what) {
        ++found_.faults;
        report_("free pages: " + what);
    }

    // Keys are shown escaped or as hexadecimal: they are ids or digests, never tokens.
    void fault(std::string_view table, std::string_view key, std::string_view what) {
        ++found_.faults;
        const std::string shown =
            table == "users" || table == "meta" ? domain::escape_control_characters(key) : to_hex(key);
        report_(std::string(table) + " " + shown + ": " + std::string(what));
    }

    void check_user(std::string_view user_id, std::string_view bytes) {
        ++found_.users;
        if (!domain::is_user_id(user_id)) fault("users", user_id, "is no user id");
        const user_record record = user_record::decode(bytes);
        if (record.version() != user_record_version_) fault("users", user_id, "has a record of another schema");
        const auto pushers = record.registrations();
        if (pushers.empty()) fault("users", user_id, "has a record without pushers");
        for (std::size_t i = 0; i < pushers.size(); ++i) {
            ++found_.pushers;
            check_pusher(user_id, pushers[i]);
            const auto same = [&](const registration& other) { return other.key == pushers[i].key; };
            if (std::any_of(pushers.begin(), pushers.begin() + static_cast<std::ptrdiff_t>(i), same))
                fault("users", user_id, "has two pushers with the same key");
        }
    }

    void check_pusher(std::string_view user_id, const registration& pusher) {
        boost::system::error_code bad;
        const std::string source = domain::json_source::with_short_exponents(std::string(pusher.shown) + '}');
        const json::value shown = json::parse(json::string_view{source}, bad);
        if (bad || !shown.is_object())
            fault("users", user_id, "has a pusher that is no JSON object");
        else
            check_shown(user_id, pusher, shown.get_object());
        if (!is_in_index(holder_key{pusher.key, user_id}))
            fault("users", user_id, "has a pusher that the index of holders does not know");
    }

    // A user id that is none may be too long for the index.
    [[nodiscard]] bool is_in_index(const holder_key& key) const {
        return key.user_id.size() <= max_key_bytes - key.pusher.size() && txn_.contains(all_.holders, key);
    }

    void check_shown(std::string_view user_id, const registration& pusher, const json::object& shown) {
        const auto text = [&](const char* name) -> std::string {
            const json::value* value = shown.if_contains(name);
            return value != nullptr && value->is_string()
                       ? std::string(value->get_string().data(), value->get_string().size())
                       : std::string();
        };
        const domain::pusher_key key{text("app_id"), text("pushkey")};
        if (digest_of(key) != pusher.key || !pusher.shown.starts_with(domain::shown_key(key)))
            fault("users", user_id, "has a pusher under another key than it shows");
        if (text("kind") != domain::to_string(pusher.kind))
            fault("users", user_id, "has a pusher of another kind than it shows");
    }

    void check_holder(std::string_view bytes) {
        const holder_key key = decode_holder_key(bytes);
        const auto record = txn_.find(all_.users, user_key{key.user_id});
        const auto pushers = record ? record->registrations() : std::vector<registration>{};
        if (std::none_of(pushers.begin(), pushers.end(), [&](const auto& each) { return each.key == key.pusher; }))
            fault("holders", bytes, "names a user who has no such pusher");
    }

    void check_token(std::string_view key, std::string_view bytes) {
        const domain::token_digest digest = decode_token_key(key).digest;
        const token_record record = token_record::decode(bytes);
        if (!find_valid_token(txn_, all_, digest)) {
            ++found_.unfinished;
            return;
        }
        ++found_.tokens;
        if (record.who == domain::role::service) return;
        if (!domain::is_user_id(record.user_id)) fault("tokens", key, "belongs to no user id");
        if (!txn_.contains(all_.sessions, session_of(digest, record.user_id, record.device_id)))
            fault("tokens", key, "is missing from the index of sessions");
    }

    void check_session(std::string_view bytes) {
        const session_key key = decode_session_key(bytes);
        const auto record = txn_.find(all_.tokens, token_key{key.token});
        if (record && record->who == domain::role::service)
            fault("sessions", bytes, "names a service's token");
        else if (!record || digest_of(record->user_id) != key.user || digest_of(record->device_id) != key.device)
            fault("sessions", bytes, "names a token that is not there, or another's");
    }

    const read_txn& txn_;
    const tables& all_;
    unsigned char user_record_version_;  // of every record: a migration leaves none behind
    bool has_session_ends_;
    const std::function<void(std::string_view)>& report_;
    verification found_;
};

}  // namespace

verification verify(database& db, const std::function<void(std::string_view)>& report) {
    return snapshot_reader(db.env())([&](const read_txn& txn) { return verifier(txn, db, report).run(); });
}

}  // namespace pusherd::persistence
