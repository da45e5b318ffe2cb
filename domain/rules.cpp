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
                .device_id = std::string(device_id)};
}

plan decide_update(const facts& known, const upsert& command, std::string_view device_id) {
    const std::string_view bound_to = device_id.empty() ? known.own->device_id : device_id;
    plan decided{.evict_others = known.others_hold_key && !command.append, .device_id = std::string(bound_to)};
    decided.write_own = known.own->shown != command.shown || known.own->device_id != bound_to;
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

result<plan> decide(const facts& known, const set_command& command, std::string_view device_id,
                    const user_limits& allowed) {
    const auto* create = std::get_if<upsert>(&command);
    if (create == nullptr) return decide_removal(known);
    if (!known.own) return decide_creation(known, *create, device_id, allowed);
    return decide_update(known, *create, device_id);
}

}  // namespace pusherd::domain
