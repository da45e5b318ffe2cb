// What comes of pokes, as it is written down: what goes, what stays, and whose pusher goes with it.

#include "tests/support/poked_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::persistence {
namespace {

using domain::failure_kind;
using testing::counts;
using testing::event;
using testing::hour;
using testing::noon;
using testing::result_of;
using testing::set_of;
using what = domain::poke_result::what;

const domain::delivery_failure no_answer{failure_kind::status, 503, "the push gateway answered 503"};

struct results : testing::poked_store {
    results() { (void)set(alice, set_of("phone")); }

    domain::waiting_poke tell(const std::string& id, domain::timestamp now = noon) {
        BOOST_TEST(notify(event(id), now) == 1U);
        return oldest().at(0);
    }

    domain::poke_result fail(const domain::waiting_poke& poke, domain::timestamp at = noon) {
        auto failed = result_of(poke, what::failed, at);
        failed.failure = no_answer;
        return record(failed);
    }

    // It is so already, which is found out without a write.
    void set_unchanged() {
        testing::awaited_set again(alice, set_of("phone"), noon);
        BOOST_TEST_REQUIRE(store().open_reader()->answer_without_writing(again));
        BOOST_TEST(testing::to_text(again.answer) == "unchanged");
    }
};

bool operator==(const domain::pusher_health& a, const domain::pusher_health& b) {
    return a.queued == b.queued && a.sent == b.sent && a.dropped == b.dropped && a.last_success == b.last_success &&
           a.failing_since == b.failing_since && a.failure == b.failure;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_results, results)

BOOST_AUTO_TEST_CASE(what_is_delivered_goes_and_is_counted) {
    (void)tell("$1");
    const auto first = tell("$2");
    const auto stored = record(result_of(first, what::delivered, noon + 5));
    BOOST_TEST(stored.waiting == 1U);
    BOOST_TEST(!stored.is_removed);
    BOOST_TEST(oldest().at(0).what.event_id == "$2");
    const auto how = health_of();
    BOOST_TEST(how.sent == 1U);
    BOOST_TEST(how.queued == 1U);
    BOOST_TEST(how.dropped == 0U);
    BOOST_TEST(how.last_success == noon + 5);
    BOOST_TEST(how.failing_since == 0);
    BOOST_CHECK(how.failure == domain::delivery_failure{});
    BOOST_TEST(record(result_of(oldest().at(0), what::delivered)).waiting == 0U);
    BOOST_TEST(oldest().empty());
}

BOOST_AUTO_TEST_CASE(what_fails_stays_and_it_is_known_since_when) {
    const auto first = tell("$1");
    BOOST_TEST(fail(first, noon + 1).waiting == 1U);
    BOOST_TEST(fail(first, noon + 2).waiting == 1U);
    BOOST_TEST(oldest().at(0).what.event_id == "$1");
    BOOST_TEST(oldest().at(0).to.is_failing);
    BOOST_TEST(oldest().at(0).to.status == 503U);
    BOOST_TEST(health_of().failing_since == noon + 1);
    BOOST_CHECK(health_of().failure == no_answer);
    (void)record(result_of(first, what::delivered, noon + 3));
    BOOST_TEST(health_of().failing_since == 0);
    BOOST_TEST(health_of().last_success == noon + 3);
}

BOOST_AUTO_TEST_CASE(what_is_dropped_goes_and_says_why) {
    auto dropped = result_of(tell("$1"), what::dropped);
    dropped.failure = {failure_kind::status, 400, "the push gateway answered 400"};
    BOOST_TEST(record(dropped).waiting == 0U);
    BOOST_TEST(health_of().dropped == 1U);
    BOOST_TEST(health_of().sent == 0U);
    BOOST_CHECK(health_of().failure == dropped.failure);
    BOOST_TEST(record(dropped).waiting == 0U);
    BOOST_TEST(health_of().dropped == 1U);  // which it was already
}

BOOST_AUTO_TEST_CASE(events_of_more_than_a_day_go_and_counts_stay) {
    (void)tell("$1", noon);
    BOOST_TEST(notify(counts(1), noon + 1) == 1U);
    (void)tell("$2", noon + 2);
    const auto first = tell("$3", noon + hour);
    BOOST_TEST(record(result_of(first, what::stale, noon + 24 * hour + 3)).waiting == 2U);
    BOOST_TEST(health_of().dropped == 2U);
    BOOST_TEST(oldest().at(0).what.source == counts(1).source);
    (void)record(result_of(oldest().at(0), what::delivered));
    BOOST_TEST(oldest().at(0).what.event_id == "$3");
}

BOOST_AUTO_TEST_CASE(all_goes_that_waits_for_a_pusher_that_wants_none_any_more) {
    (void)tell("$1");
    const auto first = tell("$2");
    (void)set(alice, set_of("phone", {.enabled = {.stable = false}}), noon + 1);
    auto unwanted = result_of(first, what::unwanted);
    unwanted.updated = oldest().at(0).to.updated;
    BOOST_TEST(record(unwanted).waiting == 0U);
    BOOST_TEST(health_of().dropped == 2U);
}

BOOST_AUTO_TEST_CASE(but_not_if_it_wants_some_again) {
    (void)tell("$1");
    (void)set(alice, set_of("phone", {.enabled = {.stable = false}}), noon + 1);
    const auto unwanted = result_of(oldest().at(0), what::unwanted);
    (void)set(alice, set_of("phone", {.enabled = {.stable = true}}), noon + 2);
    (void)tell("$2");
    BOOST_TEST(record(unwanted).waiting == 2U);
    BOOST_TEST(health_of().dropped == 0U);
}

BOOST_AUTO_TEST_CASE(what_was_dropped_for_another_while_it_was_sent_has_been_sent) {
    const auto sent = tell("$0");
    for (int i = 1; i <= 100; ++i) (void)notify(event('$' + std::to_string(i)));
    BOOST_TEST(record(result_of(sent, what::delivered)).waiting == 100U);
    BOOST_TEST(health_of().sent == 1U);
    BOOST_TEST(oldest().at(0).what.event_id == "$1");
}

BOOST_AUTO_TEST_CASE(who_is_rejected_is_removed_and_leaves_a_tombstone) {
    (void)set(alice, set_of("tablet"));
    BOOST_TEST(notify(event("$1")) == 2U);
    const auto rejected = result_of(oldest().at(0), what::rejected, noon + 7);
    const auto stored = record(rejected);
    BOOST_TEST(stored.is_removed);
    BOOST_TEST(stored.waiting == 0U);
    BOOST_TEST(pushkeys_of(alice) == "tablet ");
    const auto graves = health().tombstones;
    BOOST_TEST_REQUIRE(graves.size() == 1U);
    BOOST_TEST(graves[0].key.pushkey == "phone");
    BOOST_TEST(graves[0].removed == noon + 7);
    BOOST_TEST(graves[0].url == "https://push.example.org/_matrix/push/v1/notify");
    BOOST_TEST(testing::faults_of(db()).empty());
    BOOST_TEST(log().lines().size() == 1U);
    BOOST_TEST(!record(rejected).is_removed);  // it is gone
    BOOST_TEST(health().tombstones.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_was_set_again_since_is_kept) {
    const auto rejected = result_of(tell("$1"), what::rejected);
    (void)set(alice, set_of("phone", {.lang = "de"}), noon + 1);
    const auto stored = record(rejected);
    BOOST_TEST(!stored.is_removed);
    BOOST_TEST(stored.waiting == 1U);
    BOOST_TEST(pushkeys_of(alice) == "phone ");
    BOOST_TEST(health().tombstones.empty());
    BOOST_TEST(record(result_of(oldest().at(0), what::rejected)).is_removed);
}

BOOST_AUTO_TEST_CASE(who_was_set_again_without_a_change_is_kept) {
    const auto rejected = result_of(tell("$1"), what::rejected);
    set_unchanged();
    BOOST_TEST(!record(rejected).is_removed);
    BOOST_TEST(pushkeys_of(alice) == "phone ");
    BOOST_TEST(record(result_of(oldest().at(0), what::rejected)).is_removed);
    BOOST_TEST(pushkeys_of(alice) == "");
}

BOOST_AUTO_TEST_CASE(so_is_one_that_a_set_reaches_through_the_queue) {
    const auto rejected = result_of(tell("$1"), what::rejected);
    BOOST_TEST(set(alice, set_of("phone"), noon + 1) == "unchanged");
    BOOST_TEST(!record(rejected).is_removed);
}

BOOST_AUTO_TEST_CASE(a_test_that_is_rejected_removes_the_pusher_as_well) {
    auto rejected = result_of(tell("$1"), what::rejected);
    rejected.number = 0;
    rejected.queued = 0;
    BOOST_TEST(record(rejected).is_removed);
}

BOOST_AUTO_TEST_CASE(what_comes_of_a_pusher_that_is_gone_changes_nothing) {
    const auto first = tell("$1");
    (void)set(alice, testing::removal_of("phone"), noon + 1);
    for (const what each :
         {what::delivered, what::failed, what::dropped, what::stale, what::unwanted, what::rejected}) {
        const auto stored = record(result_of(first, each, noon + 100 * hour));
        BOOST_TEST(stored.waiting == 0U);
        BOOST_TEST(!stored.is_removed);
    }
    BOOST_TEST(health().tombstones.empty());
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(nor_does_it_for_one_that_was_made_anew) {
    const auto first = tell("$1");
    (void)set(alice, testing::removal_of("phone"), noon + 1);
    (void)set(alice, set_of("phone"), noon + 2);
    for (const what each : {what::delivered, what::failed, what::dropped, what::unwanted, what::rejected})
        (void)record(result_of(first, each));  // nothing has ever waited for it
    (void)tell("$2", noon + 3);
    const auto before = health_of();
    for (const what each : {what::delivered, what::failed, what::dropped, what::unwanted, what::rejected}) {
        auto result = result_of(first, each, noon + 4);
        result.failure = no_answer;
        BOOST_TEST(record(result).waiting == 1U);
        BOOST_CHECK(health_of() == before);
    }
    BOOST_TEST(oldest().at(0).what.event_id == "$2");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_long_is_cut) {
    auto failed = result_of(tell("$1"), what::failed);
    failed.failure = {failure_kind::name, 0, std::string(2000, 'x')};
    (void)record(failed);
    BOOST_TEST(health_of().failure.text == std::string(domain::failure_text_bytes, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
