#include "persistence/registry/statistics.hpp"

#include "persistence/records/bytes.hpp"
#include "persistence/registry/queue_scan.hpp"

#include <algorithm>

namespace pusherd::persistence {
namespace {

std::uint64_t count_staged(const read_txn& txn, const tables& all) {
    std::uint64_t staged = 0;
    txn.scan(all.imports, {}, [&](std::string_view, std::string_view bytes) {
        staged += import_record::decode(bytes).staged;
        return true;
    });
    return staged;
}

}  // namespace

statistics take_statistics(database& db) {
    const tables& all = db.all();
    return snapshot_reader(db.env())([&](const read_txn& txn) {
        const page_use pages = txn.pages();
        const auto readers = db.env().readers();
        const std::uint64_t tokens = txn.count(all.tokens);
        return statistics{
            .users = txn.count(all.users),
            .pushers = txn.count(all.holders),
            .tokens = tokens - std::min(tokens, count_staged(txn, all)),
            .file_bytes = db.env().file_bytes(),
            .map_bytes = pages.map_bytes,
            .map_free_bytes = pages.free_bytes,
            .readers = readers.slots,
            .last_transaction = txn.id(),
            .oldest_reader = readers.oldest.value_or(txn.id()),
            .schema = db.schema(txn),
            .server_name = db.server_name(txn),
        };
    });
}

waiting_pokes count_waiting_pokes(database& db) {
    waiting_pokes found;
    if (!db.all().have_pokes()) return found;
    snapshot_reader(db.env())([&](const read_txn& txn) {
        scan_queues(txn, db.all(), std::nullopt, [&](const queue_key&, std::string_view bytes) {
            const std::uint32_t waiting = queue_record::decode(bytes).waiting;
            found.queues += waiting != 0 ? 1 : 0;
            found.pokes += waiting;
            return true;
        });
    });
    return found;
}

}  // namespace pusherd::persistence
