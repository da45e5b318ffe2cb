// What is wrong with what waits for pushers is found.

#include "persistence/registry/poke_check.hpp"

#include "persistence/registry/backup.hpp"
#include "persistence/registry/queue_writer.hpp"
#include "tests/persistence/told_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

namespace pusherd::persistence {
namespace {

using testing::set_of;
using raw_table = table<meta_key, meta_record>;  // any key, any bytes

/// Alice has two events and counts that wait, Bob has nothing.
struct told_alice : told_store {
    digest128 alices = digest_of(domain::key_of(set_of("phone")));
    queue_key queue = queue_of("@alice:h", alices);

    told_alice() {
        (void)set(log_in("@alice:h"), set_of("phone"));
        (void)set(log_in("@bob:h"), set_of("bobs"));
        tell("@alice:h", "$1");
        tell_counts("@alice:h");
        tell("@alice:h", "$2");
    }

    void change_queue(const std::function<void(queue_record&)>& how) {
        change([&](write_txn& txn, const tables& all) {
            const std::string bytes = txn.find(all.queues, queue)->encode();
            auto record = queue_record::decode(bytes);
            how(record);
            txn.put(all.queues, queue, record.encode());
        });
    }

    // It is the only fault, of that table, and says so.
    void check_found(std::string_view table, std::string_view text) {
        const auto faults = testing::faults_of(db());
        BOOST_TEST_REQUIRE(faults.size() == 1U);
        BOOST_TEST(faults.front().starts_with(std::string(table) + ' '), faults.front());
        BOOST_TEST(faults.front().find(text) != std::string::npos, faults.front());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(checking_pokes, told_alice)

BOOST_AUTO_TEST_CASE(what_waits_is_sound) {
    BOOST_TEST(testing::faults_of(db()).empty());
    for (unsigned i = 0; i < 2 * most_waiting; ++i) tell("@alice:h", "$again" + std::to_string(i));
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(another_number_than_waits) {
    change_queue([](queue_record& record) { record.waiting = 2; });
    check_found("queues", "of @alice:h has more or less than it says");
    change_queue([](queue_record& record) { record.waiting = 4; });
    check_found("queues", "more or less");
}

BOOST_AUTO_TEST_CASE(another_size_than_waits) {
    change_queue([](queue_record& record) { ++record.bytes; });
    check_found("queues", "takes more or less than it says");
}

BOOST_AUTO_TEST_CASE(counts_that_do_not_wait) {
    for (const std::uint64_t number : {1U, 3U, 4U}) {
        change_queue([&](queue_record& record) { record.last_counts = number; });
        check_found("queues", "counts that do not wait");
    }
    change_queue([](queue_record& record) { record.last_counts = 0; });
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(a_number_that_was_never_given) {
    change_queue([](queue_record& record) { record.next = 3; });
    check_found("queues", "given no number");
    change_queue([](queue_record& record) { record.next = std::numeric_limits<std::uint64_t>::max(); });
    check_found("queues", "no numbers left");
}

BOOST_AUTO_TEST_CASE(a_pusher_that_is_not_there) {
    change([&](write_txn& txn, const tables& all) {
        const std::string bytes = txn.find(all.queues, queue)->encode();
        auto record = queue_record::decode(bytes);
        record.user_id = "@bob:h";
        record.waiting = 0;
        record.bytes = 0;
        record.last_counts = 0;
        txn.put(all.queues, queue_of("@bob:h", alices), record.encode());
        record.user_id = "@carol:h";
        txn.put(all.queues, queue_of("@carol:h", alices), record.encode());
    });
    const auto faults = testing::faults_of(db());
    BOOST_TEST_REQUIRE(faults.size() == 2U);
    for (const std::string& each : faults) BOOST_TEST(each.ends_with("is of a pusher that is not there"), each);
}

BOOST_AUTO_TEST_CASE(a_key_of_another_pusher) {
    change([&](write_txn& txn, const tables& all) {
        const std::string bytes = txn.find(all.queues, queue)->encode();
        auto record = queue_record::decode(bytes);
        record.waiting = 0;
        record.bytes = 0;
        record.last_counts = 0;
        txn.put(all.queues, queue_key{digest_of("another")}, record.encode());
    });
    check_found("queues", "another pusher than its key says");
}

BOOST_AUTO_TEST_CASE(a_poke_without_a_queue) {
    change([](write_txn& txn, const tables& all) {
        txn.put(all.pokes, poke_key{digest_of("nobody's"), 1}, poke_record{.event_id = "$", .source = "{}"}.encode());
    });
    check_found("queues", "a queue that is not there");
}

BOOST_AUTO_TEST_CASE(what_does_not_decode) {
    change([&](write_txn& txn, const tables& all) { txn.put(all.pokes, poke_key{queue.pusher, 3}, "x"); });
    check_found("queues", "");
    tell("@bob:h", "$1");
    change([&](write_txn& txn, const tables& all) {
        txn.put(all.queues, queue_of("@bob:h", digest_of(domain::key_of(set_of("bobs")))), "x");
        txn.put(raw_table{all.queues.handle}, meta_key{"short"}, "x");
        txn.put(all.told_events, told_of(digest_of("nobody's"), "$1"), told_event_record{1}.encode());
        const std::string alices_key(as_bytes(queue.pusher));
        txn.put(raw_table{all.queues.handle}, meta_key{alices_key + '\x03'}, "of a kind that is not known");
        txn.put(all.told_events, told_of(queue.pusher, "$3"), "x");
    });
    BOOST_TEST(testing::faults_of(db()).size() == 6U);
}

BOOST_AUTO_TEST_CASE(what_is_filed_behind_no_queue_hides_none) {
    tell("@bob:h", "$1");
    BOOST_TEST(waiting() == "4 in 2");
    change([&](write_txn& txn, const tables& all) {
        const raw_table any{all.queues.handle};
        for (const auto& pusher : {digest128{}, queue.pusher})
            for (const char* mark : {"\x01", "\xff", "\xff\xff"})
                txn.put(any, meta_key{std::string(as_bytes(pusher)) + mark}, "x");
        for (const std::size_t size : {1U, 15U}) txn.put(any, meta_key{as_bytes(queue.pusher).substr(0, size)}, "x");
    });
    BOOST_TEST(waiting() == "4 in 2");
}

BOOST_AUTO_TEST_CASE(queues_and_pokes_are_counted) {
    BOOST_TEST(waiting() == "3 in 1");
    tell("@bob:h", "$1");
    BOOST_TEST(waiting() == "4 in 2");
    change([&](write_txn& txn, const tables& all) {  // as if it had been sent
        const queue_key bobs = queue_of("@bob:h", digest_of(domain::key_of(set_of("bobs"))));
        const std::string bytes = txn.find(all.queues, bobs)->encode();
        auto record = queue_record::decode(bytes);
        record.waiting = 0;
        record.bytes = 0;
        txn.put(all.queues, bobs, record.encode());
        txn.erase(all.pokes, poke_key{bobs.pusher, 1});
    });
    BOOST_TEST(waiting() == "3 in 1");
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(a_backup_has_what_waits) {
    const testing::temporary_folder elsewhere;
    back_up(db(), elsewhere.path() / "copy");
    auto options = testing::fast_options();
    options.mode = open_mode::look;
    database copy(elsewhere.path() / "copy", options);
    BOOST_TEST(count_waiting_pokes(copy).pokes == 3U);
    BOOST_TEST(testing::faults_of(copy).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
