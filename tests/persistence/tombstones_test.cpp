// What is left of rejected pushers, and for how long.

#include "persistence/registry/tombstones.hpp"

#include "persistence/registry/tokens.hpp"
#include "tests/support/poked_store.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::persistence {
namespace {

using testing::hour;
using testing::key_of;
using testing::noon;

constexpr domain::timestamp month = 30 * 24 * hour;

struct graves : testing::scratch_store {
    void bury(std::string_view user_id, std::string_view pushkey, domain::timestamp now = noon) {
        write_txn txn(db().env());
        persistence::bury(txn, db().all(), user_id, key_of(pushkey), "https://push.example.org/x", now);
        txn.commit();
    }

    std::size_t of(std::string_view user_id, domain::timestamp now = noon) {
        return snapshot_reader(db().env())(
            [&](const read_txn& txn) { return tombstones_of(txn, db().all(), user_id, now).size(); });
    }

    std::size_t in_all() {
        return snapshot_reader(db().env())([&](const read_txn& txn) { return txn.count(db().all().tombstones); });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tombstones, graves)

BOOST_AUTO_TEST_CASE(each_user_has_those_of_the_own_pushers) {
    bury("@alice:h", "phone");
    bury("@alice:h", "tablet");
    bury("@bob:h", "phone");
    BOOST_TEST(of("@alice:h") == 2U);
    BOOST_TEST(of("@bob:h") == 1U);
    BOOST_TEST(of("@carol:h") == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_is_rejected_again_has_the_last_time) {
    bury("@alice:h", "phone", noon);
    bury("@alice:h", "phone", noon + hour);
    BOOST_TEST(of("@alice:h", noon + month + 1) == 1U);
    BOOST_TEST(in_all() == 1U);
}

BOOST_AUTO_TEST_CASE(they_are_shown_for_thirty_days) {
    bury("@alice:h", "phone");
    BOOST_TEST(of("@alice:h", noon + month) == 1U);
    BOOST_TEST(of("@alice:h", noon + month + 1) == 0U);
}

BOOST_AUTO_TEST_CASE(those_that_nobody_looks_at_are_forgotten_as_others_come) {
    for (int i = 0; i < 100; ++i) bury('@' + std::to_string(i) + ":h", "phone");
    for (int i = 0; i < 300; ++i) bury('@' + std::to_string(i) + ":other", "phone", noon + month + 1);
    BOOST_TEST(in_all() < 310U);
    for (int i = 0; i < 300; ++i) BOOST_TEST(of('@' + std::to_string(i) + ":other", noon + month + 1) == 1U);
}

BOOST_AUTO_TEST_CASE(those_of_a_user_go_with_the_user) {
    bury("@alice:h", "phone");
    bury("@alice:h", "tablet");
    bury("@bob:h", "phone");
    (void)remove_user(db(), "@alice:h");
    BOOST_TEST(of("@alice:h") == 0U);
    BOOST_TEST(of("@bob:h") == 1U);
}

BOOST_AUTO_TEST_CASE(of_a_user_the_newest_are_kept) {
    for (int i = 0; i < 30; ++i) bury("@alice:h", std::to_string(i), noon + i);
    BOOST_TEST(of("@alice:h", noon + 30) == most_tombstones);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
