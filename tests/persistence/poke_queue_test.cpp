// What waits for pushers: who is told of what, in which order, and how much.

#include "persistence/registry/poke_queue.hpp"

#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

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
            txn.scan(db().all().pokes, as_bytes(queue.pusher), [&](std::string_view, std::string_view bytes) {
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
    for (const domain::timestamp later : {0 * hour, 6 * hour, 12 * hour, 18 * hour, 24 * hour})
        BOOST_TEST(add(event("$1"), noon + later) == 0U, later);
    BOOST_TEST(add(event("$1"), noon + 31 * hour) == 1U);
    (void)set(alice, set_of("web"));
    BOOST_TEST(add(event("$1"), noon + 31 * hour) == 1U);  // another pusher
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
    BOOST_TEST(txn.count(db().all().pokes) == 0U);
    BOOST_TEST(txn.count(db().all().queues) == 0U);
}

BOOST_AUTO_TEST_CASE(old_events_are_forgotten_a_few_at_a_time) {
    for (int i = 0; i < 100; ++i) (void)add(event('$' + std::to_string(i)));
    write_txn txn(db().env());
    forget_told_events(txn, db().all(), noon + 24 * hour);
    BOOST_TEST(txn.count(db().all().told_events) == 100U);
    forget_told_events(txn, db().all(), noon + 31 * hour);
    BOOST_TEST(txn.count(db().all().told_events) == 36U);
    forget_told_events(txn, db().all(), noon + 31 * hour);
    BOOST_TEST(txn.count(db().all().told_events) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
