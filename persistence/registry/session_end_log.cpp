#include "persistence/registry/session_end_log.hpp"

#include "domain/built_in.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pusherd::persistence {
namespace {

// More than one for each that is recorded, so that the table shrinks; few, so that no set waits for it.
constexpr std::size_t forgotten_at_once = 16;

// All processes of a machine have the same steady clock, and none of what they remember outlives a restart of it.
std::int64_t milliseconds_now() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// From there on, as long as they are old.
void forget_some(write_txn& txn, const tables& all, const session_end_key& from, std::int64_t now,
                 kept_session_ends keep) {
    key_buffer buffer;
    std::vector<session_end_key> old;
    txn.scan_from(all.session_ends, encode(from, buffer), [&](std::string_view key, std::string_view bytes) {
        const std::int64_t told = session_end_record::decode(bytes).told;
        // What was told later than now was told before the machine started.
        const bool is_old = told > now || now - told > keep.count();
        if (is_old) old.push_back(decode_session_end_key(key));
        return is_old && old.size() < forgotten_at_once;
    });
    for (const session_end_key& each : old) txn.erase(all.session_ends, each);
}

session_end_key key_of_token(const domain::token_digest& token) {
    session_end_key key{0};
    std::copy_n(token.begin(), key.what.size(), key.what.begin());
    return key;
}

session_end_key key_of(const session_end_record& record, std::uint64_t transaction) {
    if (record.token) return key_of_token(*record.token);
    session_end_record what = record;
    what.told = 0;
    return {transaction, digest_of(std::string_view(what.encode()))};
}

}  // namespace

bool record_session_end(write_txn& txn, const tables& all, const domain::session_end& ended, kept_session_ends keep) {
    if (!domain::auth_is_built_in || keep.count() == 0) return false;
    session_end_record record{.told = milliseconds_now(), .user_id = ended.user_id, .device_id = ended.device_id};
    if (!ended.access_token.empty()) record.token = sha256(ended.access_token);
    std::string remaining;
    if (ended.remaining_devices) {
        remaining = encode_devices(*ended.remaining_devices);
        record.remaining_devices = remaining;
    }
    const session_end_key key = key_of(record, txn.id());
    forget_some(txn, all, session_end_key{1}, record.told, keep);
    if (record.token) forget_some(txn, all, key, record.told, keep);  // a random place: all of them have their turn
    txn.put(all.session_ends, key, record.encode());
    return true;
}

bool has_ended(const read_txn& txn, const tables& all, const domain::identity& who, std::uint64_t known_in) {
    // In one process the same id is the same contents.
    const bool is_known = known_in == txn.id() || who.by == domain::voucher::registration;
    if (!domain::auth_is_built_in || is_known) return false;
    const auto of_token = txn.find(all.session_ends, key_of_token(who.token));
    if (of_token && of_token->ends(who)) return true;
    key_buffer buffer;
    bool found = false;
    txn.scan_from(all.session_ends, encode(session_end_key{std::max(known_in, who.snapshot) + 1}, buffer),
                  [&](std::string_view, std::string_view bytes) {
                      found = session_end_record::decode(bytes).ends(who);
                      return !found;
                  });
    return found;
}

}  // namespace pusherd::persistence
