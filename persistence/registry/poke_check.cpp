#include "persistence/registry/poke_check.hpp"

#include "domain/text.hpp"
#include "persistence/records/bytes.hpp"
#include "persistence/registry/record_scan.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace pusherd::persistence {
namespace {

using fault_report = std::function<void(std::string_view, std::string_view, std::string_view)>;

/// One pass over a snapshot.
class poke_checker {
public:
    poke_checker(const read_txn& txn, const tables& all, const fault_report& fault)
        : txn_(txn), all_(all), fault_(fault) {}

    void run() {
        const auto tell = [this](auto key, auto problem) { fault_("queues", key, problem); };
        check_each(
            txn_, all_.queues, [this](auto key, auto bytes) { check_entry(key, bytes); }, tell);
        const auto tell_of_grave = [this](auto key, auto problem) { fault_("tombstones", key, problem); };
        check_each(
            txn_, all_.tombstones, [this](auto key, auto bytes) { check_tombstone(key, bytes); }, tell_of_grave);
    }

private:
    void check_entry(std::string_view key, std::string_view bytes) {
        if (key.size() == sizeof(digest128)) return check_queue(key, queue_record::decode(bytes));
        const digest128 pusher = byte_reader(key).take_array<digest128>();
        if (key.starts_with(pokes_of(pusher))) {
            (void)decode_poke_key(key);
            (void)poke_record::decode(bytes);
        } else {
            (void)decode_told_event_key(key);
            (void)told_event_record::decode(bytes);
        }
        if (!txn_.contains(all_.queues, queue_key{pusher})) throw corrupt_record("is of a queue that is not there");
    }

    void check_tombstone(std::string_view key, std::string_view bytes) {
        const auto grave = tombstone_record::decode(bytes);
        const domain::pusher_key pusher{std::string(grave.app_id), std::string(grave.pushkey)};
        if (decode_tombstone_key(key).pusher != digest_of(pusher))
            throw corrupt_record("is of another pusher than its key says");
    }

    void check_queue(std::string_view bytes, const queue_record& queue) {
        const queue_key key = decode_queue_key(bytes);
        const auto wrong = [&](std::string_view what) {
            fault_("queues", bytes, "of " + domain::escape_control_characters(queue.user_id) + ' ' + std::string(what));
        };
        if (queue_of(queue.user_id, queue.key).pusher != key.pusher) wrong("is of another pusher than its key says");
        if (!has_pusher(queue)) wrong("is of a pusher that is not there");
        check_what_waits(key, queue, wrong);
        if (queue.last_counts != 0 && !is_of_counts(poke_key{key.pusher, queue.last_counts}))
            wrong("names counts that do not wait");
    }

    // One that cannot be read is told of where all of them are looked at.
    static std::optional<std::uint64_t> size_of(std::string_view poke) {
        try {
            return poke_record::decode(poke).size();
        } catch (const corrupt_record&) {
            return std::nullopt;
        }
    }

    template <class Wrong>
    void check_what_waits(const queue_key& key, const queue_record& queue, const Wrong& wrong) {
        if (queue.next == std::numeric_limits<std::uint64_t>::max()) wrong("has no numbers left");
        std::uint64_t waiting = 0;
        std::optional<std::uint64_t> bytes = 0;
        bool are_numbered = true;
        txn_.scan(all_.pokes, pokes_of(key.pusher), [&](std::string_view poke, std::string_view record) {
            const std::uint64_t number = decode_poke_key(poke).number;
            const auto size = size_of(record);
            bytes = bytes && size ? std::optional(*bytes + *size) : std::nullopt;
            are_numbered = are_numbered && number != 0 && number < queue.next;
            ++waiting;
            return true;
        });
        if (bytes && *bytes != queue.bytes) wrong("takes more or less than it says");
        if (waiting != queue.waiting) wrong("has more or less than it says");
        if (!are_numbered) wrong("has what it has given no number");
    }

    [[nodiscard]] bool has_pusher(const queue_record& queue) const {
        const auto user = txn_.find(all_.users, user_key{queue.user_id});
        const auto pushers = user ? user->registrations() : std::vector<registration>{};
        return std::any_of(pushers.begin(), pushers.end(), [&](const auto& each) { return each.key == queue.key; });
    }

    [[nodiscard]] bool is_of_counts(const poke_key& key) const {
        const auto poke = txn_.find(all_.pokes, key);
        return poke && poke->event_id.empty();
    }

    const read_txn& txn_;
    const tables& all_;
    const fault_report& fault_;
};

}  // namespace

void check_pokes(const read_txn& txn, const tables& all, const fault_report& fault) {
    if (all.have_pokes()) poke_checker(txn, all, fault).run();
}

}  // namespace pusherd::persistence
