#include "persistence/registry/health.hpp"

#include "domain/shown_pusher.hpp"
#include "persistence/registry/tombstones.hpp"

#include <string>

namespace pusherd::persistence {
namespace {

domain::pusher_health health_of(const read_txn& txn, const tables& all, std::string_view user_id,
                                const registration& pusher) {
    domain::pusher_health health{
        .key = domain::key_of_shown(pusher.shown), .kind = pusher.kind, .enabled = pusher.enabled};
    if (!all.have_pokes()) return health;
    const auto queue = txn.find(all.queues, queue_of(user_id, pusher.key));
    if (!queue) return health;
    health.queued = queue->waiting;
    health.sent = queue->sent;
    health.dropped = queue->dropped;
    health.last_success = queue->last_success;
    health.failing_since = queue->failing_since;
    health.failure = {static_cast<domain::failure_kind>(queue->failure), queue->status,
                      std::string(queue->failure_text)};
    return health;
}

}  // namespace

domain::users_health health_of(const read_txn& txn, const tables& all, std::string_view user_id,
                               domain::timestamp now) {
    domain::users_health health;
    if (const auto user = txn.find(all.users, user_key{user_id}))
        for (const registration& each : user->registrations())
            health.pushers.push_back(health_of(txn, all, user_id, each));
    if (!all.have_pokes()) return health;
    for (const tombstone_record& each : tombstones_of(txn, all, user_id, now))
        health.tombstones.push_back(
            {{std::string(each.app_id), std::string(each.pushkey)}, each.removed, std::string(each.url)});
    return health;
}

}  // namespace pusherd::persistence
