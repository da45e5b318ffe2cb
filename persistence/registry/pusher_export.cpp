#include "persistence/registry/pusher_export.hpp"

#include "domain/text.hpp"
#include "persistence/registry/pusher_lines.hpp"

#include <string>

namespace pusherd::persistence {
namespace {

constexpr std::size_t bytes_a_write = 256 * 1024;

std::uint64_t append_lines_of(std::string& out, std::string_view user_id, std::string_view record) {
    try {
        const auto pushers = user_record::decode(record).registrations();
        for (const registration& each : pushers) append_pusher_line(out, user_id, each);
        return pushers.size();
    } catch (const corrupt_record& problem) {
        throw corrupt_record("the pushers of " + domain::escape_control_characters(user_id) + ": " + problem.what() +
                             "; pusherd verify tells every fault");
    }
}

}  // namespace

void export_pushers(database& db, const export_writer& write) {
    snapshot_reader(db.env())([&](const read_txn& txn) {
        const std::uint64_t all = txn.count(db.all().holders);
        std::uint64_t done = 0;
        std::string lines;
        txn.scan(db.all().users, {}, [&](std::string_view user_id, std::string_view record) {
            done += append_lines_of(lines, user_id, record);
            if (lines.size() < bytes_a_write) return true;
            write(lines, done, all);
            lines.clear();
            return true;
        });
        write(lines, done, all);
    });
}

}  // namespace pusherd::persistence
