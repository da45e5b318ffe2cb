#include "tests/support/scratch_store.hpp"

#include "persistence/registry/tokens.hpp"
#include "persistence/registry/verify.hpp"

#include <boost/json/parse.hpp>

#include <stdexcept>

namespace pusherd::testing {
namespace {

std::string name_of(domain::errc code) {
    switch (code) {
        case domain::errc::not_json: return "not_json";
        case domain::errc::bad_json: return "bad_json";
        case domain::errc::missing_param: return "missing_param";
        case domain::errc::invalid_param: return "invalid_param";
        case domain::errc::user_limit_exceeded: return "user_limit_exceeded";
        case domain::errc::unknown_token: return "unknown_token";
        case domain::errc::forbidden: return "forbidden";
        case domain::errc::queue_full: return "queue_full";
    }
    return "?";
}

class copying_visitor final : public domain::list_visitor {
public:
    void visit(std::string_view shown) override { items = shown; }

    std::string items;
};

}  // namespace

persistence::database_options fast_options(std::size_t map_size) {
    return {.mode = persistence::open_mode::create, .map_size = map_size, .server_name = {}, .sync = false};
}

session log_in(persistence::database& db, const std::string& user_id, const std::string& device_id, domain::role who,
               domain::timestamp now) {
    std::string token = persistence::issue_token(db, {user_id, device_id, who}, now);
    const domain::token_digest digest = persistence::sha256(token);
    return {std::move(token), {user_id, device_id, who, digest}};
}

domain::set_command set_of(std::string_view pushkey, const pusher_traits& traits) {
    const domain::pusher wanted{
        .key = {std::string(traits.app_id), std::string(pushkey)},
        .kind = traits.kind,
        .app_display_name = "App",
        .device_display_name = "Device",
        .lang = std::string(traits.lang),
        .profile_tag = std::nullopt,
        .data = R"({"url":"https://push.example.org/_matrix/push/v1/notify"})",
    };
    return domain::upsert{wanted.key, wanted.kind, domain::show(wanted), traits.append, traits.enabled};
}

domain::set_command removal_of(std::string_view pushkey, std::string_view app_id) {
    return domain::removal{{std::string(app_id), std::string(pushkey)}};
}

std::string listed(const domain::upsert& what, bool enabled, std::string_view device_id) {
    std::string item = what.shown;
    domain::show_state({.kind = what.kind, .enabled = enabled, .device_id = device_id}, item);
    return item;
}

std::string to_text(const domain::result<domain::outcome>& answer) {
    return answer ? std::string(domain::to_string(*answer)) : name_of(answer.error().code);
}

std::string awaited_set::wait() {
    done_->get_future().wait();
    if (failed) throw storage_failed("the set was not stored");
    return to_text(answer);
}

std::string perform(domain::store& store, const session& by, domain::set_command what, domain::timestamp now,
                    const domain::user_limits& limits) {
    awaited_set request(by, std::move(what), now, limits);
    if (!store.submit(request)) throw std::runtime_error("the queue is full");
    return request.wait();
}

std::string items_of(domain::store& store, const session& by) {
    copying_visitor visitor;
    const auto answer = store.open_reader()->list(domain::sha256(by.token), visitor);
    return answer ? visitor.items : name_of(answer.error().code);
}

std::string pushkeys_of(domain::store& store, const session& by) {
    const auto shown = boost::json::parse('[' + items_of(store, by) + ']');
    std::string keys;
    for (const auto& item : shown.as_array()) {
        const auto& pushkey = item.as_object().at("pushkey").as_string();
        keys.append(pushkey.data(), pushkey.size());
        keys += ' ';
    }
    return keys;
}

std::vector<stored_pusher> stored_pushers(persistence::database& db, std::string_view user_id) {
    return persistence::snapshot_reader(db.env())([&](const persistence::read_txn& txn) {
        std::vector<stored_pusher> pushers;
        if (const auto record = txn.find(db.all().users, persistence::user_key{user_id}))
            for (const persistence::registration& each : record->registrations())
                pushers.push_back({std::string(each.device_id), std::string(each.shown), each.created, each.updated,
                                   each.kind, each.enabled});
        return pushers;
    });
}

std::uint64_t last_transaction(persistence::database& db) {
    return persistence::snapshot_reader(db.env())([](const persistence::read_txn& txn) { return txn.id(); });
}

std::vector<std::string> faults_of(persistence::database& db) {
    std::vector<std::string> faults;
    const auto found = persistence::verify(db, [&](std::string_view fault) { faults.emplace_back(fault); });
    if (found.faults != faults.size()) faults.emplace_back("verify() counts other faults than it reports");
    return faults;
}

}  // namespace pusherd::testing
