#include "persistence/registry/tokens.hpp"

#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/session_ends.hpp"

#include <nettle/base64.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace pusherd::persistence {
namespace {

// Tells people, and programs that look for leaked secrets, what it is.
constexpr std::string_view token_prefix = "pusherd_";
constexpr std::size_t shortest_short_id = 8;
constexpr std::size_t tokens_a_snapshot = 4096;

// Ends sessions in a transaction of its own. Where nothing was there to end, LMDB has nothing to write either.
template <class End>
revocation commit(database& db, End&& end) {
    write_txn txn(db.env());
    const revocation done = end(txn, db.all());
    txn.commit();
    return done;
}

}  // namespace

std::string new_token() {
    std::array<std::uint8_t, 33> random;  // three more than 240 bits' worth: base64 without padding
    if (::getentropy(random.data(), random.size()) != 0) throw std::runtime_error("the system has no random numbers");
    std::array<char, BASE64_ENCODE_LENGTH(33)> encoded;
    static_assert(encoded.size() == 44);
    // base64url (RFC 4648, 5): it passes through a query string as it is.
    base64_encode_ctx context;
    base64url_encode_init(&context);
    base64_encode_update(&context, encoded.data(), random.size(), random.data());
    std::string token(token_prefix);
    token.append(encoded.data(), encoded.size());
    return token;
}

std::string issue_token(database& db, const token_grant& grant, domain::timestamp now) {
    std::string token = new_token();
    const domain::token_digest digest = sha256(token);
    const token_record record{.who = grant.who, .issued = now, .user_id = grant.user_id, .device_id = grant.device_id};
    write_txn txn(db.env());
    const std::string server = db.server_name(txn);
    if (grant.who != domain::role::service && !server.empty() && domain::server_of(grant.user_id) != server)
        throw foreign_user("the user is of another server than the database's, " + server);
    txn.put(db.all().tokens, token_key{digest}, record.encode());
    if (grant.who != domain::role::service)
        txn.put(db.all().sessions, session_of(digest, grant.user_id, grant.device_id), "");
    txn.commit();
    return token;
}

std::optional<revocation> revoke_token(database& db, const domain::token_digest& token) {
    const auto done = commit(db, [&](write_txn& txn, const tables& all) { return end_session(txn, all, token); });
    return done.tokens == 0 ? std::nullopt : std::optional(done);
}

revocation revoke_device(database& db, std::string_view user_id, std::string_view device_id) {
    return commit(db, [&](write_txn& txn, const tables& all) { return end_device(txn, all, user_id, device_id); });
}

revocation revoke_user(database& db, std::string_view user_id) {
    return commit(db,
                  [&](write_txn& txn, const tables& all) { return end_user(txn, all, user_id, ends_with_sessions); });
}

revocation remove_user(database& db, std::string_view user_id) {
    return commit(db, [&](write_txn& txn, const tables& all) { return end_user_for_good(txn, all, user_id); });
}

std::vector<domain::token_digest> find_tokens(database& db, std::string_view short_id) {
    const std::string wanted = domain::in_lower_case(std::string(short_id));
    if (wanted.size() < shortest_short_id || wanted.find_first_not_of("0123456789abcdef") != std::string::npos)
        return {};
    std::string prefix;  // the whole bytes of it
    for (std::size_t i = 0; i + 1 < wanted.size(); i += 2)
        prefix += static_cast<char>(std::stoi(wanted.substr(i, 2), nullptr, 16));
    std::vector<domain::token_digest> found;
    snapshot_reader(db.env())([&](const read_txn& txn) {
        txn.scan(db.all().tokens, prefix, [&](std::string_view key, std::string_view) {
            const domain::token_digest token = decode_token_key(key).digest;
            if (to_hex(key).starts_with(wanted) && find_valid_token(txn, db.all(), token)) found.push_back(token);
            return found.size() < 2;
        });
    });
    return found;
}

void list_tokens(database& db, const std::optional<std::string>& user_id,
                 const std::function<void(const domain::token_digest&, const token_record&)>& visit) {
    const tables& all = db.all();
    snapshot_reader snapshot(db.env());
    std::vector<std::pair<domain::token_digest, std::string>> some;  // out of the snapshot's reach
    const auto show_them = [&] {
        for (const auto& [token, bytes] : some) visit(token, token_record::decode(bytes));
        some.clear();
    };
    const auto take = [&](const read_txn& txn, const domain::token_digest& token, const token_record& record) {
        if (is_valid(txn, all, record)) some.emplace_back(token, record.encode());
    };
    if (user_id) {
        snapshot([&](const read_txn& txn) {
            for (const auto& token : tokens_of(txn, all, *user_id))
                take(txn, token, *txn.find(all.tokens, token_key{token}));
        });
        return show_them();
    }
    std::string from;  // the first key that has not been looked at
    for (bool more = true; more; show_them()) {
        more = false;
        snapshot([&](const read_txn& txn) {
            std::size_t looked_at = 0;
            txn.scan_from(all.tokens, from, [&](std::string_view key, std::string_view bytes) {
                from = std::string(key);
                more = looked_at++ == tokens_a_snapshot;
                if (!more) take(txn, decode_token_key(key).digest, token_record::decode(bytes));
                return !more;
            });
        });
    }
}

}  // namespace pusherd::persistence
