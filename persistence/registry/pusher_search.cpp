#include "persistence/registry/pusher_search.hpp"

#include <string>
#include <utility>

namespace pusherd::persistence {
namespace {

using domain::search_position;

// Of records that a call looks at, whatever their number: some milliseconds.
constexpr std::size_t most_bytes = std::size_t{1} << 20;

/// One call of a search.
class search {
public:
    search(const read_txn& txn, const tables& all, const domain::pusher_filter& filter, const search_position& from,
           std::size_t most_users, domain::search_visitor& visitor)
        : txn_(txn), all_(all), filter_(filter), from_(from), most_users_(most_users), visitor_(visitor) {}

    std::optional<search_position> run() {
        if (filter_.user_id)
            look_at_one(*filter_.user_id);
        else if (filter_.app_id && filter_.pushkey)
            look_at_holders({*filter_.app_id, *filter_.pushkey});
        else
            look_at_all();
        return std::move(next_);
    }

private:
    // False: the search ends here, and goes on with this user another time.
    bool may_look_at(std::string_view user_id) {
        if (looked_at_++ < most_users_ && bytes_looked_at_ < most_bytes) return true;
        next_ = search_position{std::string(user_id), 0};
        return false;
    }

    bool show(std::string_view user_id, const user_record& record) {
        bytes_looked_at_ += record.bytes().size();
        const auto pushers = record.registrations();
        const std::size_t first = user_id == from_.user_id ? from_.pusher : 0;
        for (std::size_t i = first; i < pushers.size(); ++i) {
            const registration& each = pushers[i];
            const domain::found_pusher found{
                .user_id = user_id,
                .created = each.created,
                .updated = each.updated,
                .state = {.kind = each.kind, .enabled = each.enabled, .device_id = each.device_id},
                .shown = each.shown};
            if (!domain::matches(filter_, found) || visitor_.visit(found)) continue;
            next_ = search_position{std::string(user_id), static_cast<std::uint32_t>(i)};
            return false;
        }
        return true;
    }

    void look_at_one(std::string_view user_id) {
        if (const auto record = txn_.find(all_.users, user_key{user_id})) (void)show(user_id, *record);
    }

    void look_at_holders(const domain::pusher_key& key) {
        const std::string prefix(as_bytes(digest_of(key)));
        txn_.scan_from(all_.holders, prefix + from_.user_id, [&](std::string_view holder, std::string_view) {
            if (!holder.starts_with(prefix)) return false;
            const std::string_view user_id = decode_holder_key(holder).user_id;
            if (!may_look_at(user_id)) return false;
            const auto record = txn_.find(all_.users, user_key{user_id});
            if (!record) throw corrupt_record("a pusher key is held by a user without pushers");
            return show(user_id, *record);
        });
    }

    void look_at_all() {
        txn_.scan_from(all_.users, from_.user_id, [&](std::string_view user_id, std::string_view bytes) {
            return may_look_at(user_id) && show(user_id, user_record::decode(bytes));
        });
    }

    const read_txn& txn_;
    const tables& all_;
    const domain::pusher_filter& filter_;
    const search_position& from_;
    std::size_t most_users_;
    domain::search_visitor& visitor_;
    std::size_t looked_at_ = 0;
    std::size_t bytes_looked_at_ = 0;
    std::optional<search_position> next_;
};

}  // namespace

std::optional<search_position> search_pushers(const read_txn& txn, const tables& all,
                                              const domain::pusher_filter& filter, const search_position& from,
                                              std::size_t most_users, domain::search_visitor& visitor) {
    return search(txn, all, filter, from, most_users, visitor).run();
}

}  // namespace pusherd::persistence
