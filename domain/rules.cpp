#include "domain/rules.hpp"

#include "domain/text.hpp"

namespace pusherd::domain {
namespace {

plan decide_removal(const facts& known) {
    if (!known.own) return {.what = outcome::absent};
    return {.what = outcome::deleted, .remove_own = true};
}

result<plan> decide_creation(const facts& known, const upsert& command, std::string_view device_id,
                             const user_limits& allowed) {
    if (known.pushers >= allowed.pushers)
        return error{errc::user_limit_exceeded,
                     "You have " + counted(known.pushers, "pusher") + " already, as many as you may have."};
    if (known.bytes + command.shown.size() > allowed.bytes)
        return error{errc::user_limit_exceeded, "Your pushers would take more than the " +
                                                    std::to_string(allowed.bytes) + " bytes that they may take."};
    return plan{.what = outcome::created,
                .write_own = true,
                .evict_others = known.others_hold_key && !command.append,
                .device_id = std::string(device_id),
                .enabled = decide_enabled(command.enabled, std::nullopt)};
}

// Who says whether it is enabled may do so from afar: a remote toggle does not take the pusher along to its device.
std::string_view device_after_update(const own_pusher& own, const upsert& command, std::string_view device_id) {
    return device_id.empty() || command.enabled.is_there() ? own.device_id : device_id;
}

plan decide_update(const facts& known, const upsert& command, std::string_view device_id) {
    const std::string_view bound_to = device_after_update(*known.own, command, device_id);
    plan decided{.evict_others = known.others_hold_key && !command.append,
                 .device_id = std::string(bound_to),
                 .enabled = decide_enabled(command.enabled, known.own->enabled)};
    decided.write_own =
        known.own->shown != command.shown || known.own->device_id != bound_to || known.own->enabled != decided.enabled;
    decided.what = decided.writes() ? outcome::updated : outcome::unchanged;
    return decided;
}

}  // namespace

std::string_view to_string(outcome what) noexcept {
    switch (what) {
        case outcome::created: return "created";
        case outcome::updated: return "updated";
        case outcome::unchanged: return "unchanged";
        case outcome::deleted: return "deleted";
        case outcome::absent: return "absent";
    }
    return "";
}

bool evicts(const set_command& command) noexcept {
    const auto* create = std::get_if<upsert>(&command);
    return create != nullptr && !create->append;
}

bool decide_enabled(const enabled_wish& wish, std::optional<bool> stored) noexcept {
    // A client that knows one name sends the other back as it was listed: the one that differs is the one it means.
    if (stored && wish.stable && wish.unstable && *wish.stable != *wish.unstable) return !*stored;
    if (wish.unstable) return *wish.unstable;
    // An app that sets its pusher at every start, and says nothing of this, does not undo what the user chose
    // elsewhere.
    return wish.stable.value_or(stored.value_or(true));
}

result<plan> decide(const facts& known, const set_command& command, std::string_view device_id,
                    const user_limits& allowed) {
    const auto* create = std::get_if<upsert>(&command);
    if (create == nullptr) return decide_removal(known);
    if (!known.own) return decide_creation(known, *create, device_id, allowed);
    return decide_update(known, *create, device_id);
}

}  // namespace pusherd::domain
