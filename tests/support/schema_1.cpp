#include "tests/support/schema_1.hpp"

#include "persistence/records/bytes.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace pusherd::testing {

using namespace persistence;

std::string user_record_of_schema_1(std::span<const registration> pushers) {
    std::string private_part;
    std::string items;
    for (const registration& each : pushers) {
        private_part += as_bytes(each.key);
        append(private_part, each.created);
        append(private_part, each.updated);
        append(private_part, static_cast<std::uint8_t>(each.kind));
        append(private_part, static_cast<std::uint8_t>(each.device_id.size()));
        append(private_part, static_cast<std::uint32_t>(each.shown.size() + 1));
        private_part += each.device_id;
        items.append(items.empty() ? "" : ",").append(each.shown).append("}");
    }
    std::string out;
    append(out, std::uint8_t{1});
    append(out, static_cast<std::uint32_t>(pushers.size()));
    append(out, static_cast<std::uint32_t>(private_part.size()));
    return out + private_part + items;
}

void take_back_to_schema_1(database& db) {
    write_txn txn(db.env());
    std::vector<std::pair<std::string, std::string>> users;
    txn.scan(db.all().users, {}, [&](std::string_view user_id, std::string_view bytes) {
        users.emplace_back(user_id, user_record_of_schema_1(user_record::decode(bytes).registrations()));
        return true;
    });
    for (const auto& [user_id, bytes] : users) txn.put(db.all().users, user_key{user_id}, bytes);
    std::string schema;
    append(schema, std::uint32_t{1});
    txn.put(db.all().meta, meta_key{"schema"}, schema);
    txn.commit();
}

}  // namespace pusherd::testing
