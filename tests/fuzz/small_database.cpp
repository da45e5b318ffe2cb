#include "tests/fuzz/small_database.hpp"

#include "domain/text.hpp"
#include "persistence/registry/verify.hpp"
#include "tests/fuzz/property.hpp"

namespace pusherd::fuzz {

using namespace persistence;

std::array<raw_table, raw_table_count> raw_tables_of(const tables& all) {
    return {{{all.meta.handle},
             {all.users.handle},
             {all.holders.handle},
             {all.tokens.handle},
             {all.sessions.handle},
             {all.imports.handle},
             {all.queues.handle},
             {all.tombstones.handle}}};
}

namespace {

std::vector<raw_entry> entries_of(const read_txn& txn, const tables& all) {
    std::vector<raw_entry> entries;
    const auto raw = raw_tables_of(all);
    for (std::size_t i = 0; i < raw.size(); ++i)
        txn.scan(raw[i], {}, [&](std::string_view key, std::string_view value) {
            entries.push_back({i, std::string(key), std::string(value)});
            return true;
        });
    return entries;
}

}  // namespace

std::vector<raw_entry> entries_of(database& db) {
    return snapshot_reader(db.env())([&](const read_txn& txn) { return entries_of(txn, db.all()); });
}

void replace_entries(database& db, const std::vector<raw_entry>& entries) {
    const auto raw = raw_tables_of(db.all());
    write_txn txn(db.env());
    for (const raw_entry& old : entries_of(txn, db.all())) txn.erase(raw[old.table], meta_key{old.key});
    for (const raw_entry& each : entries) txn.put(raw[each.table], meta_key{each.key}, each.value);
    txn.commit();
}

std::size_t count_faults(database& db) {
    std::size_t told = 0;
    const verification found = verify(db, [&](std::string_view fault) {
        ++told;
        require(domain::is_utf8(fault) && !domain::has_control_character(fault), "a fault is a line of text");
    });
    require(found.faults == told, "every fault is told and counted");
    return told;
}

}  // namespace pusherd::fuzz
