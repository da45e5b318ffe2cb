// The judge of all crashes: what it must object to, and what it must let pass.

#include "tests/support/crash_history.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

namespace pusherd::testing {
namespace {

using version = std::optional<std::string>;

/// A set that was sent at one tick and answered at another; positions are ten times as large.
asked_set set_at(const std::string& user, const std::string& key, const version& what, std::uint64_t sent,
                 std::uint64_t answered = end_of_time) {
    return {user, key, what, {sent, sent * 10}, answered == end_of_time ? never : moment{answered, answered * 10}};
}

bool accepts(const std::vector<asked_set>& sets, const found_pushers& found, std::uint64_t position = end_of_time) {
    crash_history history;
    history.add(sets);
    return history.faults(found, position).empty();
}

const found_pushers nothing;
const found_pushers first{{{"alice", "key"}, "1"}};
const found_pushers second{{{"alice", "key"}, "2"}};
const found_pushers bobs{{{"bob", "key"}, "3"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(crash_histories)

BOOST_AUTO_TEST_CASE(what_was_answered_must_be_there) {
    const auto sets = {set_at("alice", "key", "1", 1, 2)};
    BOOST_TEST(accepts(sets, first));
    BOOST_TEST(!accepts(sets, nothing));
    BOOST_TEST(!accepts(sets, second));
}

BOOST_AUTO_TEST_CASE(what_was_not_answered_may_be_there_or_not) {
    const auto sets = {set_at("alice", "key", "1", 1, 2), set_at("alice", "key", "2", 3)};
    BOOST_TEST(accepts(sets, first));
    BOOST_TEST(accepts(sets, second));
    BOOST_TEST(!accepts(sets, nothing));
}

BOOST_AUTO_TEST_CASE(an_older_version_than_the_answered_one_is_a_loss) {
    BOOST_TEST(!accepts({set_at("alice", "key", "1", 1, 2), set_at("alice", "key", "2", 3, 4)}, first));
}

BOOST_AUTO_TEST_CASE(a_deleted_pusher_must_be_gone) {
    const auto sets = {set_at("alice", "key", "1", 1, 2), set_at("alice", "key", {}, 3, 4)};
    BOOST_TEST(accepts(sets, nothing));
    BOOST_TEST(!accepts(sets, first));
}

BOOST_AUTO_TEST_CASE(anothers_delete_deletes_nothing) {
    const auto sets = {set_at("alice", "key", "1", 1, 2), set_at("bob", "key", {}, 3, 4)};
    BOOST_TEST(accepts(sets, first));
    BOOST_TEST(!accepts(sets, nothing));
}

BOOST_AUTO_TEST_CASE(who_was_evicted_must_be_gone_and_an_eviction_is_never_half_done) {
    const auto sets = {set_at("alice", "key", "1", 1, 2), set_at("bob", "key", "3", 3, 4)};
    BOOST_TEST(accepts(sets, bobs));
    BOOST_TEST(!accepts(sets, first));
    BOOST_TEST(!accepts(sets, nothing));
    BOOST_TEST(!accepts(sets, {{{"alice", "key"}, "1"}, {{"bob", "key"}, "3"}}));
}

BOOST_AUTO_TEST_CASE(of_two_that_overlap_either_may_hold_the_key_but_not_both_and_not_nobody) {
    const auto sets = {set_at("alice", "key", "1", 1, 3), set_at("bob", "key", "3", 2, 4)};
    BOOST_TEST(accepts(sets, first));
    BOOST_TEST(accepts(sets, bobs));
    BOOST_TEST(!accepts(sets, nothing));
    BOOST_TEST(!accepts(sets, {{{"alice", "key"}, "1"}, {{"bob", "key"}, "3"}}));
}

BOOST_AUTO_TEST_CASE(a_delete_of_what_was_evicted_for_sure_leaves_the_key_to_who_holds_it) {
    const auto sets = {set_at("alice", "key", "1", 1, 2), set_at("bob", "key", "3", 3, 4),
                       set_at("alice", "key", {}, 5, 6)};
    BOOST_TEST(accepts(sets, bobs));
    BOOST_TEST(!accepts(sets, nothing));
}

BOOST_AUTO_TEST_CASE(with_append_each_user_has_a_pusher_of_that_key) {
    const auto sets = {set_at("alice", "append", "1", 1, 2), set_at("bob", "append", "3", 3, 4)};
    BOOST_TEST(accepts(sets, {{{"alice", "append"}, "1"}, {{"bob", "append"}, "3"}}));
    BOOST_TEST(!accepts(sets, {{{"bob", "append"}, "3"}}));
}

BOOST_AUTO_TEST_CASE(what_was_answered_after_the_crash_need_not_be_there_and_what_was_sent_after_it_must_not) {
    const auto sets = {set_at("alice", "key", "1", 1, 2), set_at("alice", "key", "2", 3, 4)};
    BOOST_TEST(accepts(sets, nothing, 19));
    BOOST_TEST(!accepts(sets, nothing, 20));
    BOOST_TEST(!accepts(sets, second, 29));
    BOOST_TEST(accepts(sets, second, 30));
    BOOST_TEST(accepts(sets, first, 39));
    BOOST_TEST(!accepts(sets, first, 40));
}

BOOST_AUTO_TEST_CASE(what_nobody_has_asked_for_must_not_be_there) { BOOST_TEST(!accepts({}, first)); }

BOOST_AUTO_TEST_CASE(what_was_there_before_must_be_there_unless_somebody_changed_it) {
    BOOST_TEST(crash_history(first).faults(first).empty());
    BOOST_TEST(!crash_history(first).faults(nothing).empty());
    crash_history history(first);
    history.add({set_at("alice", "key", {}, 1)});
    BOOST_TEST(history.faults(first).empty());
    BOOST_TEST(history.faults(nothing).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
