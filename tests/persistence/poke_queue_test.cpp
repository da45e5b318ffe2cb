// What waits for pushers: who is told of what, in which order, and how much.

#include "persistence/registry/poke_queue.hpp"

#include "tests/support/poked_store.hpp"
#include "tests/support/queue_entries.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

using testing::set_of;

constexpr domain::timestamp hour = 3'600'000;
constexpr domain::timestamp noon = 1'764'230'400'000;

domain::notification event(std::string id, std::string_view user = "@alice:h") {
    return {.user_id = std::string(user), .event_id = id, .source = R"({"event_id":")" + id + "\"}", .tweaks = {}};
}

domain::notification counts(unsigned unread) {
    return {.user_id = "@alice:h",
            .event_id = {},
            .source = R"({"counts":{"unread":)" + std::to_string(unread) + "}}",
            .tweaks = {}};
}

struct queued_pokes : testing::scratch_store {
    testing::session alice = log_in("@alice:h", "PHONE");
    testing::session homeserver = testing::log_in(db(), "@homeserver:h", "", domain::role::service);

    queued_pokes() { (void)set(alice, set_of("phone")); }

    std::uint32_t add(const domain::notification& what, domain::timestamp now = noon) {
        write_txn txn(db().env());
        std::vector<domain::woken_queue> told;
        const std::uint32_t queued = enqueue(txn, db().all(), what, now, &told);
        BOOST_TEST(told.size() == queued);
        txn.commit();
        return queued;
    }

    // What waits for a pusher of Alice's, each followed by a space.
    std::string waiting(std::string_view pushkey = "phone") {
        return snapshot_reader(db().env())([&](const read_txn& txn) {
            const auto queue =
                queue_of("@alice:h", digest_of(domain::pusher_key{"org.example.app", std::string(pushkey)}));
            std::string all;
            std::uint32_t count = 0;
            txn.scan(db().all().pokes, pokes_of(queue.pusher), [&](std::string_view, std::string_view bytes) {
                const auto poke = poke_record::decode(bytes);
                (all += poke.event_id.empty() ? poke.source : poke.event_id) += ' ';
                ++count;
                return true;
            });
            const auto record = txn.find(db().all().queues, queue);
            BOOST_TEST((record ? record->waiting : 0) == count);
            return all;
        });
    }

    std::uint64_t dropped() {
        return snapshot_reader(db().env())([&](const read_txn& txn) {
            return txn
                .find(db().all().queues,
                      queue_of("@alice:h", digest_of(domain::pusher_key{"org.example.app", "phone"})))
                ->dropped;
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_queues, queued_pokes)

BOOST_AUTO_TEST_CASE(what_waits_for_a_pusher_takes_a_mebibyte_at_most) {
    const auto large = [](const std::string& id) {
        domain::notification what = event(id);
        what.source = R"({"event_id":")" + id + R"(","content":{"body":")" + std::string(120'000, 'x') + "\"}}";
        return what;
    };
    for (int i = 1; i <= 12; ++i) BOOST_TEST(add(large("$" + std::to_string(i))) == 1U);
    BOOST_TEST(waiting() == "$5 $6 $7 $8 $9 $10 $11 $12 ");
    BOOST_TEST(dropped() == 4U);
    BOOST_TEST(testing::faults_of(db()).empty());
    BOOST_TEST(add(event("$small")) == 1U);
    BOOST_TEST(waiting().ends_with("$12 $small "));
}

BOOST_AUTO_TEST_CASE(each_http_pusher_that_is_enabled_is_told) {
    (void)set(alice, set_of("web"));
    (void)set(alice, set_of("off", {.enabled = {.stable = false}}));
    (void)set(alice, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}));
    BOOST_TEST(add(event("$1")) == 2U);
    BOOST_TEST(waiting() == "$1 ");
    BOOST_TEST(waiting("web") == "$1 ");
    BOOST_TEST(waiting("off") == "");
    BOOST_TEST(add(event("$1", "@nobody:h")) == 0U);
}

BOOST_AUTO_TEST_CASE(they_stay_in_their_order) {
    for (int i = 1; i <= 12; ++i) BOOST_TEST(add(event('$' + std::to_string(i)), noon - i) == 1U);
    BOOST_TEST(waiting() == "$1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 ");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_what_was_sent_by_oneself) {
    auto own = event("$1");
    own.is_of_own_event = true;
    BOOST_TEST(add(own) == 0U);
}

BOOST_AUTO_TEST_CASE(an_event_is_told_once_a_day) {
    BOOST_TEST(add(event("$1")) == 1U);
    for (const domain::timestamp later : {-1 * hour, 0 * hour, 12 * hour, 24 * hour - 1})
        BOOST_TEST(add(event("$1"), noon + later) == 0U, later);
    BOOST_TEST(add(event("$1"), noon + 24 * hour) == 1U);
    BOOST_TEST(add(event("$1"), noon + 48 * hour - 1) == 0U);
    (void)set(alice, set_of("web"));
    BOOST_TEST(add(event("$1"), noon + 48 * hour - 1) == 1U);  // another pusher
}

BOOST_AUTO_TEST_CASE(counts_replace_those_that_wait) {
    (void)add(event("$1"));
    (void)add(counts(1));
    (void)add(event("$2"));
    (void)add(counts(2));
    BOOST_TEST(waiting() == R"($1 $2 {"counts":{"unread":2}} )");
    (void)add(counts(3));
    BOOST_TEST(waiting() == R"($1 $2 {"counts":{"unread":3}} )");
    BOOST_TEST(dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(of_more_than_a_hundred_the_oldest_goes) {
    (void)add(counts(1));
    for (int i = 1; i <= 102; ++i) (void)add(event('$' + std::to_string(i)));
    const std::string all = waiting();
    BOOST_TEST(all.starts_with("$3 $4 "), all);
    BOOST_TEST(all.ends_with(" $102 "), all);
    BOOST_TEST(dropped() == 3U);
    (void)add(counts(2));  // the other one has gone with the oldest
    BOOST_TEST(waiting().starts_with("$4 "));
}

BOOST_AUTO_TEST_CASE(a_queue_goes_with_all_that_waits) {
    (void)add(event("$1"));
    (void)add(event("$2"));
    write_txn txn(db().env());
    drop_queue(txn, db().all(), "@alice:h", digest_of(domain::pusher_key{"org.example.app", "phone"}));
    const auto left = testing::count_queue_entries(txn, db().all());
    BOOST_TEST(left.queues + left.pokes + left.told_events == 0U);
}

BOOST_AUTO_TEST_CASE(who_has_the_key_of_a_pusher_that_is_gone_is_told_anew) {
    (void)add(event("$1"));
    (void)set(alice, testing::removal_of("phone"));
    (void)set(alice, set_of("phone"));
    BOOST_TEST(add(event("$1")) == 1U);
    BOOST_TEST(waiting() == "$1 ");
}

BOOST_AUTO_TEST_CASE(old_events_are_forgotten_a_few_at_a_time_and_round_a_ring) {
    (void)set(log_in("@bob:h", "B"), set_of("bobs"));
    for (int i = 0; i < 100; ++i)
        for (const char* user : {"@alice:h", "@bob:h"}) (void)add(event('$' + std::to_string(i), user));
    write_txn txn(db().env());
    const auto left = [&] { return testing::count_queue_entries(txn, db().all()); };
    const std::size_t entries = left().queues + left().pokes + left().told_events;
    std::string position;
    const auto forget = [&](domain::timestamp now) { forget_told_events(txn, db().all(), now, 50, position); };
    for (std::size_t looked_at = 0; looked_at < entries; looked_at += 50) forget(noon + 24 * hour - 1);
    BOOST_TEST(left().told_events == 200U);
    BOOST_TEST(position == "");
    forget(noon + 24 * hour);
    BOOST_TEST(left().told_events >= 150U);
    BOOST_TEST(position != "");
    for (std::size_t looked_at = 50; looked_at < entries; looked_at += 50) forget(noon + 24 * hour);
    BOOST_TEST(left().told_events == 0U);
    BOOST_TEST(left().pokes == 200U);
    BOOST_TEST(left().queues == 2U);
}

BOOST_AUTO_TEST_CASE(old_events_are_forgotten_while_others_come) {
    (void)set(log_in("@bob:h", "B"), set_of("bobs"));
    const auto told = [&] {
        return snapshot_reader(db().env())(
            [&](const read_txn& txn) { return testing::count_queue_entries(txn, db().all()).told_events; });
    };
    const auto notify = [&](const std::string& id, const char* user, domain::timestamp now) {
        const std::vector<domain::notification> all{event(id, user)};
        testing::awaited_request<domain::notify_request>(homeserver.who, all, now).put(store());
    };
    for (int i = 0; i < 200; ++i) notify('$' + std::to_string(i), "@bob:h", noon);
    for (int i = 0; i < 200; ++i) notify('$' + std::to_string(i), "@alice:h", noon + 24 * hour);
    BOOST_TEST(told() == 200U);
}

BOOST_AUTO_TEST_CASE(what_was_told_and_cannot_be_read_is_told_again_and_harms_no_other) {
    (void)add(event("$1"));
    const auto phone = queue_of("@alice:h", digest_of(domain::pusher_key{"org.example.app", "phone"})).pusher;
    {
        write_txn txn(db().env());
        txn.put(db().all().told_events, told_of(phone, "$1"), "what is this?");
        txn.put(db().all().told_events, told_of(phone, "$2"), told_event_record{INT64_MIN}.encode());
        txn.put(db().all().told_events, told_of(phone, "$3"), told_event_record{INT64_MAX}.encode());
        txn.put(table<raw_key, no_record>{db().all().told_events.handle}, raw_key{told_of(phone) + "ab"}, "and this?");
        txn.commit();
    }
    for (const char* id : {"$1", "$2", "$3"}) BOOST_TEST(add(event(id)) == 1U, id);
    for (const char* id : {"$1", "$2", "$3"}) BOOST_TEST(add(event(id)) == 0U, id);
    write_txn txn(db().env());
    txn.put(table<raw_key, no_record>{db().all().told_events.handle}, raw_key{told_of(phone) + "ab"}, "and this?");
    drop_queue(txn, db().all(), "@alice:h", digest_of(domain::pusher_key{"org.example.app", "phone"}));
    const auto left = testing::count_queue_entries(txn, db().all());
    BOOST_TEST(left.queues + left.pokes + left.told_events == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
