#include "persistence/registry/session_ends.hpp"

#include "persistence/registry/lookup.hpp"
#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/tombstones.hpp"

#include <algorithm>
#include <string>

namespace pusherd::persistence {
namespace {

void erase_token(write_txn& txn, const tables& all, const domain::token_digest& token, const token_record& record) {
    if (record.who != domain::role::service)
        txn.erase(all.sessions, session_of(token, record.user_id, record.device_id));
    txn.erase(all.tokens, token_key{token});
}

std::uint64_t erase_tokens(write_txn& txn, const tables& all, const std::vector<domain::token_digest>& tokens) {
    for (const domain::token_digest& token : tokens)
        if (const auto record = txn.find(all.tokens, token_key{token})) {
            const std::string bytes = record->encode();  // the views end with the first change
            erase_token(txn, all, token, token_record::decode(bytes));
        }
    return tokens.size();
}

std::uint64_t remove_pushers_of_device(write_txn& txn, const tables& all, std::string_view user_id,
                                       std::string_view device_id) {
    return remove_pushers(txn, all, user_id, [&](const registration& each) {
        return ends_with_sessions(each) && each.device_id == device_id;
    });
}

}  // namespace

bool ends_with_sessions(const registration& pusher) noexcept { return pusher.kind == domain::pusher_kind::http; }

std::vector<domain::token_digest> tokens_of(const read_txn& txn, const tables& all, std::string_view user_id,
                                            std::string_view device_id) {
    std::string prefix(as_bytes(digest_of(user_id)));
    if (!device_id.empty()) prefix += as_bytes(digest_of(device_id));
    std::vector<domain::token_digest> found;
    txn.scan(all.sessions, prefix, [&](std::string_view key, std::string_view) {
        const domain::token_digest token = decode_session_key(key).token;
        if (find_valid_token(txn, all, token)) found.push_back(token);
        return true;
    });
    return found;
}

domain::ended_sessions end_session(write_txn& txn, const tables& all, const domain::token_digest& token) {
    const auto found = find_valid_token(txn, all, token);
    if (!found) return {};
    const std::string bytes = found->encode();
    const token_record record = token_record::decode(bytes);
    erase_token(txn, all, token, record);
    domain::ended_sessions done{.tokens = 1};
    const bool had_device = record.who != domain::role::service && !record.device_id.empty();
    if (had_device && tokens_of(txn, all, record.user_id, record.device_id).empty())
        done.pushers = remove_pushers_of_device(txn, all, record.user_id, record.device_id);
    return done;
}

domain::ended_sessions end_device(write_txn& txn, const tables& all, std::string_view user_id,
                                  std::string_view device_id) {
    domain::ended_sessions done;
    done.tokens = erase_tokens(txn, all, tokens_of(txn, all, user_id, device_id));
    done.pushers = remove_pushers_of_device(txn, all, user_id, device_id);
    return done;
}

domain::ended_sessions end_other_devices(write_txn& txn, const tables& all, std::string_view user_id,
                                         std::span<const std::string> remaining) {
    std::vector<std::string_view> known(remaining.begin(), remaining.end());
    std::sort(known.begin(), known.end());
    const auto has_ended = [&](std::string_view device_id) {
        return !device_id.empty() && !std::binary_search(known.begin(), known.end(), device_id);
    };
    std::vector<domain::token_digest> doomed = tokens_of(txn, all, user_id);
    std::erase_if(doomed, [&](const domain::token_digest& token) {
        const auto record = txn.find(all.tokens, token_key{token});
        return !record || !has_ended(record->device_id);
    });
    domain::ended_sessions done;
    done.tokens = erase_tokens(txn, all, doomed);
    done.pushers = remove_pushers(txn, all, user_id, [&](const registration& each) {
        return ends_with_sessions(each) && has_ended(each.device_id);
    });
    return done;
}

domain::ended_sessions end_user(write_txn& txn, const tables& all, std::string_view user_id,
                                const std::function<bool(const registration&)>& is_doomed) {
    domain::ended_sessions done;
    done.tokens = erase_tokens(txn, all, tokens_of(txn, all, user_id));
    done.pushers = remove_pushers(txn, all, user_id, is_doomed);
    return done;
}

domain::ended_sessions end_user_for_good(write_txn& txn, const tables& all, std::string_view user_id) {
    forget_tombstones(txn, all, user_id);
    return end_user(txn, all, user_id, [](const registration&) { return true; });
}

}  // namespace pusherd::persistence
