// The thread that writes: batches, what fails in them, and a queue that ends somewhere.

#include "persistence/registry/committer.hpp"

#include "persistence/engine/storage_error.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::persistence {
namespace {

using testing::awaited_set;
using testing::set_of;

/// A set that changes nothing, whose answer keeps the committer busy until release(): what is submitted meanwhile is
/// the next batch.
class occupying_set final : public domain::set_request {
public:
    explicit occupying_set(const testing::session& by) : set_request(by.who, command_, {}, 1) {}

    void on_done() noexcept override {
        const auto shared = shared_;  // this may be gone as soon as it is released
        shared->busy.set_value();
        shared->released.get_future().wait();
    }

    void wait_until_busy() { shared_->busy.get_future().wait(); }
    void release() { shared_->released.set_value(); }

private:
    struct promises {
        std::promise<void> busy;
        std::promise<void> released;
    };

    domain::set_command command_ = testing::removal_of("absent");
    std::shared_ptr<promises> shared_ = std::make_shared<promises>();
};

struct store_with_a_queue_of_ten : testing::scratch_store {
    explicit store_with_a_queue_of_ten(const database_options& options = testing::fast_options())
        : scratch_store({.queue_limit = 10, .on_broken = {}}, options) {}

    testing::session alice = log_in("@alice:h");
    testing::session bob = log_in("@bob:h");

    // Carries the sets out in one batch, and waits for all of them.
    void perform_in_one_batch(const std::vector<std::unique_ptr<awaited_set>>& sets) {
        occupying_set occupying(alice);
        BOOST_REQUIRE(store().submit(occupying));
        occupying.wait_until_busy();
        for (const auto& each : sets) BOOST_REQUIRE(store().submit(*each));
        occupying.release();
    }

    void corrupt_record_of(std::string_view user_id) {
        write_txn txn(db().env());
        txn.put(db().all().users, user_key{user_id}, "\x01garbage");
        txn.commit();
    }
};

struct store_with_a_small_map : store_with_a_queue_of_ten {
    store_with_a_small_map() : store_with_a_queue_of_ten(testing::fast_options(smallest_map_size)) {}
};

std::unique_ptr<awaited_set> new_set(const testing::session& by, domain::set_command what) {
    return std::make_unique<awaited_set>(by, std::move(what));
}

bool names_a_full_map(const testing::recording_logger::line& line) {
    return line.message.find("MDB_MAP_FULL") != std::string::npos;
}

const std::string large(12'000, 'x');
constexpr domain::user_limits a_mebibyte{.bytes = testing::mebibyte};

}  // namespace

BOOST_AUTO_TEST_SUITE(committers)

BOOST_FIXTURE_TEST_CASE(all_that_waits_is_carried_out_in_its_order_in_one_transaction, store_with_a_queue_of_ten) {
    std::vector<std::unique_ptr<awaited_set>> sets;
    sets.push_back(new_set(alice, set_of("k")));
    sets.push_back(new_set(alice, set_of("k")));
    sets.push_back(new_set(bob, set_of("k")));
    sets.push_back(new_set(alice, testing::removal_of("k")));
    sets.push_back(new_set(alice, set_of("k", {.append = true})));
    sets.push_back(new_set(alice, set_of("other", {.lang = "de"})));
    const auto before = testing::last_transaction(db());
    perform_in_one_batch(sets);
    std::string answers;
    for (const auto& each : sets) answers += each->wait() + ' ';
    BOOST_TEST(answers == "created unchanged created absent created created ");
    BOOST_TEST(testing::last_transaction(db()) == before + 1);
    BOOST_TEST(pushkeys_of(alice) == "k other ");
    BOOST_TEST(pushkeys_of(bob) == "k ");
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_FIXTURE_TEST_CASE(a_refused_set_takes_nothing_from_the_others_of_its_batch, store_with_a_queue_of_ten) {
    testing::session nobody = bob;
    nobody.who.token = sha256("guessed");
    std::vector<std::unique_ptr<awaited_set>> sets;
    sets.push_back(new_set(alice, set_of("1")));
    sets.push_back(new_set(nobody, set_of("1")));
    sets.push_back(std::make_unique<awaited_set>(bob, set_of("2"), 1, domain::user_limits{.pushers = 0}));
    sets.push_back(new_set(alice, set_of("3")));
    perform_in_one_batch(sets);
    std::string answers;
    for (const auto& each : sets) answers += each->wait() + ' ';
    BOOST_TEST(answers == "created unknown_token user_limit_exceeded created ");
    BOOST_TEST(pushkeys_of(alice) == "1 3 ");
    BOOST_TEST(testing::stored_pushers(db(), "@bob:h").empty());
}

BOOST_FIXTURE_TEST_CASE(a_batch_that_changes_nothing_is_no_transaction, store_with_a_queue_of_ten) {
    (void)set(alice, set_of("k"));
    std::vector<std::unique_ptr<awaited_set>> sets;
    sets.push_back(new_set(alice, set_of("k")));
    sets.push_back(new_set(bob, testing::removal_of("k")));
    const auto before = testing::last_transaction(db());
    perform_in_one_batch(sets);
    BOOST_TEST(sets[0]->wait() == "unchanged");
    BOOST_TEST(sets[1]->wait() == "absent");
    BOOST_TEST(testing::last_transaction(db()) == before);
}

BOOST_FIXTURE_TEST_CASE(a_set_that_meets_a_damaged_record_fails_alone, store_with_a_queue_of_ten) {
    const testing::session carol = log_in("@carol:h");
    (void)set(carol, set_of("carols"));
    corrupt_record_of("@carol:h");
    std::vector<std::unique_ptr<awaited_set>> sets;
    sets.push_back(new_set(alice, set_of("1")));
    sets.push_back(new_set(carol, set_of("2")));
    sets.push_back(new_set(bob, set_of("carols")));  // would have to evict from the damaged record
    sets.push_back(new_set(bob, set_of("3")));
    perform_in_one_batch(sets);
    BOOST_TEST(sets[0]->wait() == "created");
    BOOST_CHECK_THROW((void)sets[1]->wait(), testing::storage_failed);
    BOOST_CHECK_THROW((void)sets[2]->wait(), testing::storage_failed);
    BOOST_TEST(sets[3]->wait() == "created");
    BOOST_TEST(pushkeys_of(alice) == "1 ");
    BOOST_TEST(pushkeys_of(bob) == "3 ");
    BOOST_REQUIRE(!log().lines().empty());
    BOOST_TEST((log().lines().front().how_much == domain::severity::error));
}

BOOST_FIXTURE_TEST_CASE(a_full_queue_takes_no_more_and_answers_what_it_took, store_with_a_queue_of_ten) {
    occupying_set occupying(alice);
    BOOST_REQUIRE(store().submit(occupying));
    occupying.wait_until_busy();
    std::vector<std::unique_ptr<awaited_set>> sets;
    for (int i = 0; i < 10; ++i) {
        sets.push_back(new_set(alice, set_of(std::to_string(i))));
        BOOST_TEST(store().submit(*sets.back()));
    }
    awaited_set too_many(bob, set_of("bobs"));
    BOOST_TEST(!store().has_room());
    BOOST_TEST(!store().submit(too_many));
    occupying.release();
    for (const auto& each : sets) BOOST_TEST(each->wait() == "created");
    BOOST_TEST(set(alice, set_of("again")) == "created");
    BOOST_TEST(testing::stored_pushers(db(), "@bob:h").empty());
}

BOOST_FIXTURE_TEST_CASE(a_full_map_fails_the_set_that_does_not_fit_and_not_what_is_smaller, store_with_a_small_map) {
    int stored = 0;
    const auto fill = [&] {
        for (; stored < 60; ++stored) (void)set(alice, set_of(std::to_string(stored), {.lang = large}), 1, a_mebibyte);
    };
    BOOST_CHECK_THROW(fill(), testing::storage_failed);
    BOOST_TEST(names_a_full_map(log().lines().back()));
    BOOST_TEST(testing::stored_pushers(db(), "@alice:h").size() == static_cast<std::size_t>(stored));
    BOOST_TEST(testing::faults_of(db()).empty());

    std::vector<std::unique_ptr<awaited_set>> sets;
    sets.push_back(new_set(alice, set_of("too large", {.lang = large})));
    sets.push_back(new_set(bob, set_of("small")));
    perform_in_one_batch(sets);
    BOOST_CHECK_THROW((void)sets[0]->wait(), testing::storage_failed);
    BOOST_TEST(sets[1]->wait() == "created");

    db().env().change_map_size(testing::mebibyte);
    BOOST_TEST(set(alice, set_of("too large", {.lang = large})) == "created");
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(a_map_that_another_process_has_made_larger_is_adopted_without_a_restart) {
    const testing::temporary_folder folder;
    testing::child_process other([&](testing::rendezvous& parent) {
        parent.wait();
        const database db(folder.path(), testing::fast_options(4 * testing::mebibyte));
    });
    testing::recording_logger log;
    database db(folder.path(), testing::fast_options(smallest_map_size));
    lmdb_store store(db, log, {});
    const testing::session alice = testing::log_in(db, "@alice:h");
    int stored = 0;
    const auto fill = [&](int until) {
        for (; stored < until; ++stored)
            (void)testing::perform(store, alice, set_of(std::to_string(stored), {.lang = large}), 1, a_mebibyte);
    };
    BOOST_CHECK_THROW(fill(60), testing::storage_failed);
    BOOST_TEST(names_a_full_map(log.lines().back()));
    other.signal();
    BOOST_REQUIRE(other.succeeds());
    fill(60);
    BOOST_TEST(testing::stored_pushers(db, "@alice:h").size() == 60U);
}

BOOST_AUTO_TEST_CASE(what_was_submitted_before_the_end_is_carried_out) {
    testing::scratch_database scratch;
    testing::recording_logger log;
    const testing::session alice = testing::log_in(scratch.db(), "@alice:h");
    std::vector<std::unique_ptr<awaited_set>> sets;
    {
        lmdb_store store(scratch.db(), log, {});
        for (int i = 0; i < 50; ++i) {
            sets.push_back(new_set(alice, set_of(std::to_string(i))));
            BOOST_REQUIRE(store.submit(*sets.back()));
        }
    }
    for (const auto& each : sets) BOOST_TEST(each->wait() == "created");
    BOOST_TEST(testing::stored_pushers(scratch.db(), "@alice:h").size() == 50U);
}

BOOST_FIXTURE_TEST_CASE(the_thread_that_is_asked_tells_that_it_is_alive_but_not_while_it_is_held_up,
                        store_with_a_queue_of_ten) {
    auto& asked = static_cast<lmdb_store&>(store());
    asked.ask_whether_alive();
    while (!asked.is_alive()) std::this_thread::yield();
    occupying_set occupying(alice);
    BOOST_REQUIRE(store().submit(occupying));
    occupying.wait_until_busy();
    asked.ask_whether_alive();
    for (int i = 0; i < 1000; ++i) {
        BOOST_REQUIRE(!asked.is_alive());
        std::this_thread::yield();
    }
    occupying.release();
    while (!asked.is_alive()) std::this_thread::yield();
}

// Another process, perhaps one that was stopped: to start this one anew would only keep it from serving lists.
BOOST_FIXTURE_TEST_CASE(a_thread_that_waits_for_the_lock_of_writers_counts_as_alive, store_with_a_queue_of_ten) {
    auto& asked = static_cast<lmdb_store&>(store());
    awaited_set waiting(alice, set_of("k"));
    {
        const write_txn held(db().env());
        BOOST_REQUIRE(store().submit(waiting));
        // The first answer may come before it has taken the set; then it takes it.
        for (int i = 0; i < 3; ++i) {
            asked.ask_whether_alive();
            while (!asked.is_alive()) std::this_thread::yield();
        }
    }
    BOOST_TEST(waiting.wait() == "created");
}

BOOST_FIXTURE_TEST_CASE(two_users_who_set_the_same_key_at_the_same_moment_leave_exactly_one,
                        store_with_a_queue_of_ten) {
    const auto contend = [&](const testing::session& by) {
        for (int i = 0; i < 50; ++i) (void)testing::perform(store(), by, set_of("k"));
    };
    std::thread one([&] { contend(alice); });
    std::thread other([&] { contend(bob); });
    one.join();
    other.join();
    const auto left = testing::stored_pushers(db(), "@alice:h").size() + testing::stored_pushers(db(), "@bob:h").size();
    BOOST_TEST(left == 1U);
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
