#include "persistence/registry/lookup.hpp"

#include "domain/built_in.hpp"
#include "persistence/registry/session_end_log.hpp"

#include <utility>

namespace pusherd::persistence {
namespace {

bool is_held_by_others(const read_txn& txn, const tables& all, const digest128& key, std::string_view shown_key,
                       std::string_view user_id) {
    bool found = false;
    txn.scan(all.holders, as_bytes(key), [&](std::string_view holder, std::string_view) {
        const std::string_view other = decode_holder_key(holder).user_id;
        if (other == user_id) return true;
        const auto record = txn.find(all.users, user_key{other});
        if (!record) throw corrupt_record("a pusher key is held by a user without pushers");
        const auto theirs = record->registrations();
        found = index_of(theirs, key, shown_key) < theirs.size();
        return !found;
    });
    return found;
}

set_context look_up(const read_txn& txn, const tables& all, std::string_view user_id,
                    const domain::set_command& command) {
    const domain::pusher_key& key = domain::key_of(command);
    set_context context{.key = digest_of(key), .shown_key = domain::shown_key(key), .pushers = {}, .known = {}};
    if (const auto record = txn.find(all.users, user_key{user_id})) {
        context.pushers = record->registrations();
        context.known.bytes = shown_bytes(context.pushers);
    }
    context.known.pushers = context.pushers.size();
    context.own = index_of(context.pushers, context.key, context.shown_key);
    if (context.own < context.pushers.size()) {
        const registration& own = context.pushers[context.own];
        context.known.own = domain::own_pusher{own.shown, own.device_id, own.enabled};
    }
    return context;
}

// Of the token of who sets; nothing if it has been revoked, is another's by now, or a service's.
std::optional<std::string_view> find_device(const read_txn& txn, const tables& all, const domain::identity& who) {
    if (who.who == domain::role::service) return std::nullopt;
    if (domain::auth_is_built_in && who.by != domain::voucher::store)
        return has_ended(txn, all, who, who.snapshot) ? std::nullopt : std::optional(std::string_view(who.device_id));
    // In one process the same id is the same contents; a write transaction's is above every snapshot's, so never equal.
    if (who.snapshot == txn.id()) return who.device_id;
    const auto token = find_valid_token(txn, all, who.token);
    if (!token || token->user_id != who.user_id || token->who == domain::role::service) return std::nullopt;
    return token->device_id;
}

}  // namespace

bool is_valid(const read_txn& txn, const tables& all, const token_record& token) {
    return token.import == 0 || !txn.contains(all.imports, import_key{token.import});
}

std::optional<token_record> find_valid_token(const read_txn& txn, const tables& all,
                                             const domain::token_digest& digest) {
    auto found = txn.find(all.tokens, token_key{digest});
    if (found && !is_valid(txn, all, *found)) return std::nullopt;
    return found;
}

domain::result<decided_set> decide_set(const read_txn& txn, const tables& all, const domain::set_request& request,
                                       other_holders when) {
    const std::string& user_id = request.who->user_id;
    const auto device_id = find_device(txn, all, *request.who);
    if (!device_id) return domain::error{domain::errc::unknown_token, "The access token has been revoked."};

    set_context context = look_up(txn, all, user_id, *request.command);
    auto plan = domain::decide(context.known, *request.command, *device_id, request.allowed);
    if (!plan) return plan.error();
    if (domain::evicts(*request.command) && (when == other_holders::always || !plan->writes())) {
        context.known.others_hold_key = is_held_by_others(txn, all, context.key, context.shown_key, user_id);
        if (context.known.others_hold_key)
            plan = domain::decide(context.known, *request.command, *device_id, request.allowed);
    }
    return decided_set{std::move(context), std::move(*plan)};
}

}  // namespace pusherd::persistence
