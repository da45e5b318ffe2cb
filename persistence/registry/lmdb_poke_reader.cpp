#include "persistence/registry/lmdb_poke_reader.hpp"

#include "domain/shown_pusher.hpp"
#include "persistence/registry/queue_scan.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace pusherd::persistence {
namespace {

using domain::poke_target;
using domain::queue_id;
using domain::waiting_poke;

// One that cannot be read is no reason not to find the others; whoever reads it says so.
bool may_have_something(std::string_view queue) {
    try {
        return queue_record::decode(queue).waiting != 0;
    } catch (const corrupt_record&) {
        return true;
    }
}

class lmdb_poke_reader final : public domain::poke_reader {
public:
    lmdb_poke_reader(database& db, const domain::set_counter& sets) : db_(db), sets_(sets), snapshot_(db.env()) {}

    std::vector<waiting_poke> oldest(const queue_id& queue) override {
        return snapshot_.read_latest([&](const read_txn& txn) { return oldest_of(txn, queue); });
    }

    std::optional<queue_id> find_waiting(const std::optional<queue_id>& after, std::size_t most,
                                         std::vector<queue_id>& found) override {
        return snapshot_.read_latest([&](const read_txn& txn) {
            std::optional<queue_id> last;
            std::size_t looked_at = 0;
            scan_queues(txn, db_.all(), after, [&](const queue_key& key, std::string_view record) {
                last = key.pusher;
                if (may_have_something(record)) found.push_back(*last);
                return ++looked_at < most;
            });
            return looked_at < most ? std::nullopt : last;
        });
    }

    bool is_waiting(const queue_id& queue, std::uint64_t number, domain::timestamp queued) override {
        return snapshot_.read_latest([&](const read_txn& txn) {
            const auto found = txn.find(db_.all().pokes, poke_key{queue, number});
            return found && found->queued == queued;
        });
    }

    std::optional<poke_target> find_pusher(std::string_view user_id, const domain::pusher_key& key) override {
        return snapshot_.read_latest([&](const read_txn& txn) -> std::optional<poke_target> {
            const auto user = txn.find(db_.all().users, user_key{user_id});
            if (!user) return std::nullopt;
            const auto pushers = user->registrations();
            const std::size_t own = index_of(pushers, digest_of(key), domain::shown_key(key));
            if (own == pushers.size() || pushers[own].kind != domain::pusher_kind::http) return std::nullopt;
            return target_of(user_id, pushers[own]);
        });
    }

    void rest() noexcept override { snapshot_.rest(); }

private:
    std::vector<waiting_poke> oldest_of(const read_txn& txn, const queue_id& queue) {
        std::vector<waiting_poke> found;
        const auto record = txn.find(db_.all().queues, queue_key{queue});
        if (!record || record->waiting == 0) return found;
        const auto user = txn.find(db_.all().users, user_key{record->user_id});
        if (!user) throw corrupt_record("a queue is of a user without pushers");
        const auto pushers = user->registrations();
        const auto own = std::find_if(pushers.begin(), pushers.end(),
                                      [&](const registration& each) { return each.key == record->key; });
        if (own == pushers.end()) throw corrupt_record("a queue is of no pusher");
        auto first = read(txn, target_of(record->user_id, *own), *record);
        if (!first) throw corrupt_record("a queue has less than it says");
        found.push_back(std::move(*first));
        for (auto each = pushers.begin(); each != pushers.end(); ++each)
            if (each != own) add_if_like(txn, found, record->user_id, *each);
        return found;
    }

    void add_if_like(const read_txn& txn, std::vector<waiting_poke>& found, std::string_view user_id,
                     const registration& pusher) {
        if (pusher.kind != domain::pusher_kind::http || !pusher.enabled) return;
        // First what costs little: most of a user's pushers are elsewhere.
        const std::string_view data = domain::data_of_shown(pusher.shown);
        const poke_target& first = found.front().to;
        if (domain::url_of_data(data) != first.url || domain::style_of(data) != first.style) return;
        poke_target target = target_of(user_id, pusher);
        const bool has_pushkey = std::any_of(found.begin(), found.end(), [&](const waiting_poke& each) {
            return each.to.key.pushkey == target.key.pushkey;
        });
        if (has_pushkey) return;
        const auto record = txn.find(db_.all().queues, queue_key{target.queue});
        if (!record || record->waiting == 0) return;
        auto poke = read(txn, std::move(target), *record);
        const domain::notification& what = found.front().what;
        if (poke && poke->what.source == what.source && poke->what.tweaks == what.tweaks)
            found.push_back(std::move(*poke));
    }

    std::optional<waiting_poke> read(const read_txn& txn, poke_target target, const queue_record& record) const {
        std::optional<waiting_poke> poke;
        txn.scan(db_.all().pokes, pokes_of(target.queue), [&](std::string_view key, std::string_view bytes) {
            const auto read = poke_record::decode(bytes);
            poke.emplace();
            poke->number = decode_poke_key(key).number;
            poke->queued = read.queued;
            poke->what.event_id = read.event_id;
            poke->what.source = read.source;
            poke->what.tweaks = read.tweaks;
            return false;
        });
        if (!poke) return poke;
        poke->to = std::move(target);
        poke->to.failure = record.failure;
        poke->to.status = record.status;
        poke->to.is_failing = record.failing_since != 0;
        return poke;
    }

    poke_target target_of(std::string_view user_id, const registration& pusher) const {
        poke_target target;
        target.queue = queue_of(user_id, pusher.key).pusher;
        target.user_id = user_id;
        target.key = domain::key_of_shown(pusher.shown);
        target.data = domain::data_of_shown(pusher.shown);
        target.url = domain::url_of_data(target.data);
        target.updated = pusher.updated;
        target.style = domain::style_of(target.data);
        target.takes_pokes = pusher.kind == domain::pusher_kind::http && pusher.enabled;
        target.sets = sets_.of(target.key);
        return target;
    }

    database& db_;
    const domain::set_counter& sets_;
    snapshot_reader snapshot_;
};

}  // namespace

std::unique_ptr<domain::poke_reader> make_poke_reader(database& db, const domain::set_counter& sets) {
    return std::make_unique<lmdb_poke_reader>(db, sets);
}

}  // namespace pusherd::persistence
