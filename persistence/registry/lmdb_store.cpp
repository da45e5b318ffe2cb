#include "persistence/registry/lmdb_store.hpp"

#include "persistence/registry/lookup.hpp"

namespace pusherd::persistence {
namespace {

class lmdb_reader final : public domain::store_reader {
public:
    explicit lmdb_reader(database& db) : db_(db), snapshot_(db.env()) {}

    std::optional<domain::identity> authenticate(std::string_view token) override {
        const domain::token_digest digest = sha256(token);
        return snapshot_([&](const read_txn& txn) -> std::optional<domain::identity> {
            const auto found = find_valid_token(txn, db_.all(), digest);
            if (!found) return std::nullopt;
            return domain::identity{std::string(found->user_id), std::string(found->device_id), found->who, digest};
        });
    }

    domain::result<> list(std::string_view token, domain::list_visitor& visitor) override {
        const domain::token_digest digest = sha256(token);
        return snapshot_([&](const read_txn& txn) -> domain::result<> {
            const auto found = find_valid_token(txn, db_.all(), digest);
            if (!found) return domain::error{domain::errc::unknown_token, ""};
            if (found->who == domain::role::service) return domain::error{domain::errc::forbidden, ""};
            const auto record = txn.find(db_.all().users, user_key{found->user_id});
            visitor.visit(record ? record->items() : std::string_view{});
            return {};
        });
    }

    bool answer_without_writing(domain::set_request& request) override {
        auto decided = snapshot_([&](const read_txn& txn) { return decide_set(txn, db_.all(), request); });
        if (decided && decided->writes()) return false;
        if (decided)
            request.answer = decided->what;
        else
            request.answer = std::move(decided.error());
        return true;
    }

private:
    database& db_;
    snapshot_reader snapshot_;
};

}  // namespace

std::unique_ptr<domain::store_reader> lmdb_store::open_reader() { return std::make_unique<lmdb_reader>(db_); }

}  // namespace pusherd::persistence
