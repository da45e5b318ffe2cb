#include "persistence/registry/change_writer.hpp"

#include "domain/built_in.hpp"
#include "domain/text.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/poke_queue.hpp"
#include "persistence/registry/poke_results.hpp"
#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/session_ends.hpp"

#include <utility>

namespace pusherd::persistence {
namespace {

/// Carries one change out, whichever it is. Each call says whether anything was written.
class writer {
public:
    writer(write_txn& txn, const tables& all, kept_session_ends keep, side_effects effects)
        : txn_(txn), all_(all), keep_(keep), effects_(effects) {}

    bool operator()(domain::set_request& request) {
        std::vector<std::string> evicted;
        request.answer = carry_out_set(txn_, all_, request, evicted);
        for (const std::string& loser : evicted) tell_of_eviction(request, loser);
        if (request.answer && *request.answer == domain::outcome::updated) tell_of_update(request);
        return request.answer && *request.answer != domain::outcome::unchanged &&
               *request.answer != domain::outcome::absent;
    }

    bool operator()(domain::session_end_request& request) {
        if (!still_knows(request)) return refuse(request);
        const domain::ended_sessions done = end(*request.what);
        request.answer = done;
        if (is_told_by_mas(*request.who) && done.tokens + done.pushers != 0) tell_of_end(request, done);
        const bool is_recorded = record_session_end(txn_, all_, *request.what, keep_);
        // Of a user who is gone, tombstones may have been all that was left.
        return is_recorded || request.what->user_is_gone || done.tokens + done.pushers != 0;
    }

    bool operator()(domain::removal_request& request) {
        if (!still_knows(request)) return refuse(request);
        std::uint64_t removed = 0;
        for (const domain::chosen_pushers& each : *request.doomed) {
            const auto gone = remove_named(txn_, all_, each.user_id, each.keys);
            removed += gone.size();
            for (const domain::pusher_key& key : gone) tell_of_removal(request, each.user_id, key);
        }
        request.answer = removed;
        return removed != 0;
    }

    bool operator()(domain::notify_request& request) {
        if (!still_knows(request)) return refuse(request);
        std::uint64_t queued = 0;
        for (const domain::notification& each : *request.what)
            queued += enqueue(txn_, all_, each, request.now, &effects_.told);
        request.answer = queued;
        // So that all there is has been looked at before it has grown by an eighth.
        if (queued != 0) forget_told_events(txn_, all_, request.now, 8 * queued, effects_.forgotten);
        return queued != 0;
    }

    bool operator()(domain::poke_results_request& request) {
        for (domain::poke_result& each : *request.what) {
            record_result(txn_, all_, each, effects_.sets);
            if (each.is_removed) tell_of_rejection(each);
        }
        return true;
    }

private:
    // MAS has no token here, but a secret in the server's options.
    [[nodiscard]] static bool is_told_by_mas(const domain::identity& who) noexcept {
        return domain::auth_is_built_in && who.by == domain::voucher::mas;
    }

    // Revoked meanwhile, the token of who asks is worth nothing any more.
    [[nodiscard]] bool still_knows(const domain::change_request& request) const {
        if (is_told_by_mas(*request.who)) return true;
        const auto token = find_valid_token(txn_, all_, request.who->token);
        return token && token->user_id == request.who->user_id && token->who == request.who->who;
    }

    template <class Request>
    static bool refuse(Request& request) {
        request.answer = domain::error{domain::errc::unknown_token, "The access token has been revoked."};
        return false;
    }

    [[nodiscard]] domain::ended_sessions end(const domain::session_end& what) {
        if (!what.access_token.empty()) {
            const domain::token_digest token = sha256(what.access_token);
            const auto found = find_valid_token(txn_, all_, token);
            const bool is_theirs = found && found->user_id == what.user_id && found->who != domain::role::service;
            return is_theirs ? end_session(txn_, all_, token) : domain::ended_sessions{};
        }
        if (!what.device_id.empty()) return end_device(txn_, all_, what.user_id, what.device_id);
        if (domain::auth_is_built_in && what.remaining_devices)
            return end_other_devices(txn_, all_, what.user_id, *what.remaining_devices);
        if (domain::auth_is_built_in && what.user_is_gone) return end_user_for_good(txn_, all_, what.user_id);
        return end_user(txn_, all_, what.user_id, ends_with_sessions);
    }

    // A pushkey is what a push service knows a device by: its digest tells two of them apart as well.
    static void append_key(audit_line& line, const domain::pusher_key& key) {
        constexpr std::size_t enough_digits = 8;
        line.append(domain::escape_control_characters(key.app_id)).append(" (pushkey ");
        line.append(to_hex(as_bytes(sha256(key.pushkey))).substr(0, enough_digits)).append(")");
    }

    static void append_who(audit_line& line, std::string_view user_id) {
        line.append(domain::escape_control_characters(user_id));
    }

    // Its gateway may be another, and what waits need not wait any longer.
    void tell_of_update(const domain::set_request& request) {
        const queue_key queue = queue_of(request.who->user_id, digest_of(domain::key_of(*request.command)));
        if (txn_.contains(all_.queues, queue)) effects_.told.push_back({queue.pusher, true});
    }

    // What others have chosen comes last: a line that is too long is cut there.
    void tell_of_eviction(const domain::set_request& request, std::string_view loser) {
        auto& line = effects_.audit.emplace_back();
        append_who(line, request.who->user_id);
        append_who(line.append(" took a pusher key from "), loser);
        append_key(line.append(": "), domain::key_of(*request.command));
    }

    void tell_of_end(const domain::session_end_request& request, const domain::ended_sessions& done) {
        const domain::session_end& what = *request.what;
        auto& line = effects_.audit.emplace_back();
        append_who(line, request.who->user_id);
        line.append(what.user_is_gone        ? " deleted "
                    : what.remaining_devices ? " told which devices there are of "
                                             : " deleted a device of ");
        append_who(line, what.user_id);
        line.append(", tokens removed: ").append_number(done.tokens);
        line.append(", pushers removed: ").append_number(done.pushers);
        if (!what.device_id.empty())
            line.append(", device: ").append(domain::escape_control_characters(what.device_id));
    }

    void tell_of_removal(const domain::removal_request& request, std::string_view owner,
                         const domain::pusher_key& key) {
        auto& line = effects_.audit.emplace_back();
        append_who(line, request.who->user_id);
        append_who(line.append(", an administrator, removed a pusher of "), owner);
        append_key(line.append(": "), key);
    }

    void tell_of_rejection(const domain::poke_result& rejected) {
        auto& line = effects_.audit.emplace_back();
        append_who(line.append("a push gateway rejected, and so removed, a pusher of "), rejected.user_id);
        append_key(line.append(": "), rejected.key);
    }

    write_txn& txn_;
    const tables& all_;
    kept_session_ends keep_;
    side_effects effects_;
};

}  // namespace

bool carry_out(write_txn& txn, const tables& all, const domain::change& what, kept_session_ends keep,
               side_effects effects) {
    return std::visit([carry = writer(txn, all, keep, effects)](const auto& each) mutable { return carry(each.get()); },
                      what);
}

}  // namespace pusherd::persistence
