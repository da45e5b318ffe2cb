#include "persistence/registry/migration.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

// So many at a time are out of the table while it changes: a scan must not see its own writes.
constexpr std::size_t users_at_once = 1024;

using users = std::vector<std::pair<std::string, std::string>>;

users some_users_from(const read_txn& txn, const tables& all, std::string_view first) {
    users some;
    txn.scan_from(all.users, first, [&](std::string_view user_id, std::string_view record) {
        some.emplace_back(user_id, record);
        return some.size() < users_at_once;
    });
    return some;
}

// Schema 2: a list shows whether a pusher is enabled, and whose device it is. All that there is, is enabled.
void write_user_records_anew(write_txn& txn, const tables& all) {
    std::string next;
    for (;;) {
        const users some = some_users_from(txn, all, next);
        for (const auto& [user_id, record] : some)
            txn.put(all.users, user_key{user_id}, user_record::encode(user_record::decode(record).registrations()));
        if (some.size() < users_at_once) return;
        next = some.back().first + '\0';  // the least key behind the last one
    }
}

}  // namespace

void create_tables_of_pokes(write_txn& txn, tables& all) {
    all.file_under(txn.create<decltype(tables::queues)>("queues"));
    all.tombstones = txn.create<decltype(tables::tombstones)>("tombstones");
}

void migrate(write_txn& txn, tables& all, std::uint32_t from) {
    if (from < 2) write_user_records_anew(txn, all);
    if (from < first_schema_with_session_ends)
        all.session_ends = txn.create<decltype(tables::session_ends)>("session-ends");
    if (from < first_schema_with_pokes) create_tables_of_pokes(txn, all);
}

}  // namespace pusherd::persistence
