#include "app/commands/commands.hpp"
#include "app/commands/shown_time.hpp"
#include "app/logging/log.hpp"
#include "app/service/poke_delivery.hpp"
#include "domain/text.hpp"
#include "net/api/pending_poke_test.hpp"
#include "persistence/registry/health.hpp"
#include "persistence/registry/lmdb_store.hpp"

#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace pusherd::app {
namespace {

using verdict = net::poke_test_outcome::verdict;

std::string shown(std::string_view text) { return domain::escape_control_characters(text); }

std::string time_of(domain::timestamp at) { return at == 0 ? "-" : to_string_utc(at); }

std::string error_of(const domain::delivery_failure& failure) {
    if (failure.kind == domain::failure_kind::none) return "-";
    return std::string(to_string(failure.kind)) + ": " + shown(failure.text);
}

// What is for programs: a line a pusher, its fields apart by tabs.
void print(const domain::pusher_health& pusher) {
    std::cout << to_string(condition_of(pusher)) << '\t' << shown(pusher.key.app_id) << '\t'
              << shown(pusher.key.pushkey) << '\t' << "queued " << pusher.queued << '\t' << "sent " << pusher.sent
              << '\t' << "dropped " << pusher.dropped << '\t' << "last success " << time_of(pusher.last_success) << '\t'
              << "failing since " << time_of(pusher.failing_since) << '\t' << error_of(pusher.failure) << '\n';
}

void print(const domain::pusher_tombstone& gone) {
    std::cout << "rejected\t" << shown(gone.key.app_id) << '\t' << shown(gone.key.pushkey) << '\t' << "removed "
              << time_of(gone.removed) << '\t' << shown(gone.url) << '\n';
}

domain::users_health look(persistence::database& db, const std::string& user) {
    return persistence::snapshot_reader(db.env())(
        [&](const persistence::read_txn& txn) { return persistence::health_of(txn, db.all(), user, now()); });
}

/// Waits for what another thread answers.
class answer_promise final : public net::answer_carrier {
public:
    void on_answer(net::awaited&) noexcept override {
        // The one who waits may end this as soon as the value is there: the promise must live a little longer.
        const auto answered = answered_;
        answered->set_value();
    }
    void wait() { answered_->get_future().wait(); }

private:
    std::shared_ptr<std::promise<void>> answered_ = std::make_shared<std::promise<void>>();
};

net::poke_test_outcome test(net::poke_service& pokes, const std::string& user, const domain::pusher_key& key) {
    answer_promise answered;
    net::pending_poke_test what(answered, user, key);
    pokes.test(what);
    answered.wait();
    return std::move(what.outcome);
}

std::string_view word_for(const net::poke_test_outcome& outcome) {
    if (outcome.what == verdict::delivered) return "delivered";
    if (outcome.what == verdict::rejected) return "rejected";
    return outcome.failure.kind == domain::failure_kind::blocked ? "blocked" : "failed";
}

void print(const domain::pusher_key& key, const net::poke_test_outcome& outcome) {
    std::cout << word_for(outcome) << '\t' << shown(key.app_id) << '\t' << shown(key.pushkey) << '\t' << "status "
              << (outcome.status == 0 ? "-" : std::to_string(outcome.status)) << '\t' << outcome.took.count() << " ms\t"
              << error_of(outcome.failure) << '\n';
}

}  // namespace

int pusher_list(const common_options& common, const pusher_list_options& options) {
    check_user(options.user);
    auto db = open_to_look(common);
    const domain::users_health health = look(db, options.user);
    for (const auto& each : health.pushers) print(each);
    for (const auto& each : health.tombstones) print(each);
    return 0;
}

int pusher_test(const common_options& common, const pusher_test_options& options) {
    check_user(options.user);
    persistence::database db(common.data, {.mode = persistence::open_mode::change, .map_size = common.map_size});
    stderr_log log(log_level::warning, log_format::text);
    persistence::lmdb_store store(db, log, {});
    const auto pokes = start_poke_tester(options.policy, options.pokes, store, log);
    bool are_all_well = true;
    for (const auto& each : look(db, options.user).pushers) {
        if (each.kind != domain::pusher_kind::http) continue;
        const auto outcome = test(*pokes, options.user, each.key);
        are_all_well = are_all_well && outcome.what == verdict::delivered;
        print(each.key, outcome);
    }
    return are_all_well ? 0 : 1;
}

}  // namespace pusherd::app
