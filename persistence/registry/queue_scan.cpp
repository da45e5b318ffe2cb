#include "persistence/registry/queue_scan.hpp"

#include <string>

namespace pusherd::persistence {
namespace {

// Greater than each key that is filed behind that queue's (keys.cpp), and less than the next queue's.
std::string behind(std::string_view queue) { return std::string(queue) + '\xff'; }

}  // namespace

void scan_queues(const read_txn& txn, const tables& all, const std::optional<digest128>& after,
                 const std::function<bool(const queue_key&, std::string_view)>& visit) {
    std::string from = after ? behind(as_bytes(*after)) : std::string();
    bool goes_on = true;
    while (goes_on) {
        goes_on = false;
        txn.scan_from(all.queues, from, [&](std::string_view key, std::string_view record) {
            const bool is_queue = key.size() == sizeof(digest128);
            // What is none, and lies behind none, is nobody's: verify says so.
            from = is_queue ? behind(key) : std::string(key) + '\0';
            goes_on = !is_queue || visit(decode_queue_key(key), record);
            return false;
        });
    }
}

}  // namespace pusherd::persistence
