#include "persistence/registry/lmdb_store.hpp"

#include "domain/fixed_text.hpp"
#include "persistence/registry/health.hpp"
#include "persistence/registry/lmdb_poke_reader.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/pusher_search.hpp"
#include "persistence/registry/session_end_log.hpp"

#include <utility>

namespace pusherd::persistence {
namespace {

class lmdb_reader final : public domain::store_reader {
    // A reader finds out as well when the environment is broken, and where nobody can be authenticated, no set will
    // ever come to the committer.
    template <class Query>
    auto read(Query&& query) {
        try {
            return snapshot_.read_latest(std::forward<Query>(query));
        } catch (const storage_error& error) {
            if (error.is_fatal() && on_broken_) on_broken_();
            throw;
        }
    }

public:
    lmdb_reader(database& db, const std::function<void()>& on_broken, domain::set_counter& sets)
        : db_(db), on_broken_(on_broken), sets_(sets), snapshot_(db.env()) {}

    std::optional<domain::identity> authenticate(const domain::token_digest& digest) override {
        return read([&](const read_txn& txn) -> std::optional<domain::identity> {
            const auto found = find_valid_token(txn, db_.all(), digest);
            if (!found) return std::nullopt;
            return domain::identity{std::string(found->user_id), std::string(found->device_id), found->who, digest,
                                    txn.id()};
        });
    }

    domain::result<> list(const domain::token_digest& digest, domain::list_visitor& visitor) override {
        return read([&](const read_txn& txn) -> domain::result<> {
            const auto found = find_valid_token(txn, db_.all(), digest);
            if (!found) return domain::error{domain::errc::unknown_token, ""};
            if (found->who == domain::role::service) return domain::error{domain::errc::forbidden, ""};
            show_pushers(txn, found->user_id, visitor);
            return {};
        });
    }

    bool is_still_valid(const domain::identity& who, std::uint64_t& known_in) override {
        return read([&](const read_txn& txn) {
            if (has_ended(txn, db_.all(), who, known_in)) return false;
            known_in = txn.id();
            return true;
        });
    }

    domain::result<> list_vouched_for(const domain::identity& who, std::uint64_t& known_in,
                                      domain::list_visitor& visitor) override {
        return read([&](const read_txn& txn) -> domain::result<> {
            if (has_ended(txn, db_.all(), who, known_in)) return domain::error{domain::errc::unknown_token, ""};
            known_in = txn.id();
            show_pushers(txn, who.user_id, visitor);
            return {};
        });
    }

    std::uint64_t snapshot() override {
        return read([](const read_txn& txn) { return txn.id(); });
    }

    bool answer_without_writing(domain::set_request& request) override {
        // Before the snapshot: a removal that has not seen this set is in it.
        if (!sets_.note(domain::key_of(*request.command))) return false;
        return read([&](const read_txn& txn) {
            const auto decided = decide_set(txn, db_.all(), request, other_holders::if_all_else_is_so_already);
            // "Unchanged" is a promise about what is on disk; the committer sees all of it.
            if (!txn.is_newest() || (decided && decided->plan.writes())) return false;
            if (decided)
                request.answer = decided->plan.what;
            else
                request.answer = decided.error();
            return true;
        });
    }

    std::optional<domain::search_position> search(const domain::pusher_filter& filter,
                                                  const domain::search_position& from, std::size_t most_users,
                                                  domain::search_visitor& visitor) override {
        return read(
            [&](const read_txn& txn) { return search_pushers(txn, db_.all(), filter, from, most_users, visitor); });
    }

    domain::users_health health_of(std::string_view user_id, domain::timestamp now) override {
        return read([&](const read_txn& txn) { return persistence::health_of(txn, db_.all(), user_id, now); });
    }

    std::string server_name() override {
        return read([&](const read_txn& txn) { return db_.server_name(txn); });
    }

    void rest() noexcept override { snapshot_.rest(); }

private:
    void show_pushers(const read_txn& txn, std::string_view user_id, domain::list_visitor& visitor) const {
        const auto record = txn.find(db_.all().users, user_key{user_id});
        visitor.visit(record ? record->items() : std::string_view{});
    }

    database& db_;
    const std::function<void()>& on_broken_;
    domain::set_counter& sets_;
    snapshot_reader snapshot_;
};

}  // namespace

std::unique_ptr<domain::store_reader> lmdb_store::open_reader() {
    return std::make_unique<lmdb_reader>(db_, on_broken_, committer_.sets());
}

bool lmdb_store::begin_delivering() {
    if (delivering_) return true;
    file_lock lock = file_lock::try_to_take(db_.folder() / "delivery.lock");
    if (!lock.held()) return false;
    turn_to_deliver& turn = delivering_.emplace(turn_to_deliver{std::move(lock), std::nullopt});
    try {
        turn.notes.emplace(db_.folder() / "delivery.notes");
    } catch (const unusable_database& problem) {
        log_.write(domain::severity::warning,
                   domain::short_line{problem.what(), ": if this process is killed, some pokes may come twice"});
    }
    return true;
}

std::optional<std::uint32_t> lmdb_store::note_delivered(const domain::poke_result& what) noexcept {
    if (!delivering_ || !delivering_->notes) return std::nullopt;
    return delivering_->notes->add({what.queue, what.number, what.queued, what.at});
}

void lmdb_store::forget_note(std::uint32_t note) noexcept {
    if (delivering_ && delivering_->notes) delivering_->notes->let_go(note);
}

std::vector<domain::noted_delivery> lmdb_store::noted_deliveries() {
    std::vector<domain::noted_delivery> found;
    if (!delivering_ || !delivering_->notes) return found;
    for (const auto& [place, note] : delivering_->notes->all())
        found.push_back({place, note.queue, note.number, note.queued, note.delivered});
    return found;
}

std::unique_ptr<domain::poke_reader> lmdb_store::open_poke_reader() { return make_poke_reader(db_, committer_.sets()); }

}  // namespace pusherd::persistence
