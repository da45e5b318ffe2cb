// Snapshots and write transactions: who sees what, and when.

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"
#include "persistence/records/keys.hpp"
#include "persistence/records/token_record.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace pusherd::persistence {
namespace {

using entries_table = table<meta_key, meta_record>;

struct scratch {
    testing::temporary_folder folder;
    environment env{folder.path(), {.map_size = 1 << 20, .sync = false}};
    entries_table entries = create();

    entries_table create() {
        write_txn txn(env);
        const auto created = txn.create<entries_table>("entries");
        txn.commit();
        return created;
    }

    void put(std::string_view name, std::string_view value) {
        write_txn txn(env);
        txn.put(entries, meta_key{name}, value);
        txn.commit();
    }

    std::string get(const read_txn& txn, std::string_view name) const {
        const auto found = txn.find(entries, meta_key{name});
        return found ? std::string(found->bytes) : "nothing";
    }

    template <class Query>
    auto read(Query&& query) {
        snapshot_reader reader(env);
        return reader(query);
    }

    std::string get(std::string_view name) {
        return read([&](const read_txn& txn) { return get(txn, name); });
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshots)

BOOST_FIXTURE_TEST_CASE(a_snapshot_sees_no_later_write, scratch) {
    put("a", "old");
    snapshot_reader reader(env);
    reader([&](const read_txn& txn) {
        const std::uint64_t id = txn.id();
        std::thread([&] {
            put("a", "new");
            put("b", "new");
        }).join();
        BOOST_TEST(get(txn, "a") == "old");
        BOOST_TEST(get(txn, "b") == "nothing");
        BOOST_TEST(txn.count(entries) == 1U);
        BOOST_TEST(txn.id() == id);
    });
    reader([&](const read_txn& txn) {
        BOOST_TEST(get(txn, "a") == "new");
        BOOST_TEST(get(txn, "b") == "new");
        BOOST_TEST(txn.count(entries) == 2U);
    });
}

BOOST_FIXTURE_TEST_CASE(a_reader_gives_back_what_its_query_returns, scratch) {
    put("a", "1");
    snapshot_reader reader(env);
    BOOST_TEST(reader([&](const read_txn& txn) { return get(txn, "a"); }) == "1");
    BOOST_TEST(reader([&](const read_txn& txn) { return txn.contains(entries, meta_key{"a"}); }));
}

BOOST_FIXTURE_TEST_CASE(a_reader_goes_on_after_a_query_that_threw, scratch) {
    put("a", "old");
    snapshot_reader reader(env);
    BOOST_CHECK_THROW(reader([](const read_txn&) { throw std::runtime_error("no"); }), std::runtime_error);
    put("a", "new");
    BOOST_TEST(reader([&](const read_txn& txn) { return get(txn, "a"); }) == "new");
    env.change_map_size(2 << 20);  // would wait for ever for a snapshot that is still open
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_is_used_again_until_something_newer_is_committed, scratch) {
    put("a", "old");
    snapshot_reader reader(env);
    const auto look = [&] {
        return reader.read_latest([&](const read_txn& txn) { return std::to_string(txn.id()) + get(txn, "a"); });
    };
    const std::string first = look();
    BOOST_TEST(look() == first);
    std::thread([&] { put("a", "new"); }).join();  // by another thread, as a committer does it
    const std::string second = look();
    BOOST_TEST(second.ends_with("new"));
    BOOST_TEST(look() == second);
    std::thread([&] { put("a", "newest"); }).join();
    BOOST_TEST(look().ends_with("newest"));
    reader.rest();
}

BOOST_FIXTURE_TEST_CASE(a_reader_that_rests_keeps_nobody_from_changing_the_map_or_using_pages_again, scratch) {
    put("a", "old");
    snapshot_reader reader(env);
    const auto look = [&] { return reader.read_latest([&](const read_txn& txn) { return get(txn, "a"); }); };
    BOOST_TEST(look() == "old");
    reader.rest();
    reader.rest();                 // there is nothing to end any more
    env.change_map_size(2 << 20);  // would wait for ever for a snapshot that is still open
    BOOST_TEST(look() == "old");
    BOOST_CHECK_THROW(reader.read_latest([](const read_txn&) { throw std::runtime_error("no"); }), std::runtime_error);
    env.change_map_size(3 << 20);
    reader([](const read_txn&) {});
    env.change_map_size(4 << 20);
}

BOOST_FIXTURE_TEST_CASE(a_reader_may_end_while_its_snapshot_is_open, scratch) {
    put("a", "old");
    {
        snapshot_reader reader(env);
        BOOST_TEST(reader.read_latest([&](const read_txn& txn) { return get(txn, "a"); }) == "old");
    }
    env.change_map_size(2 << 20);
}

BOOST_FIXTURE_TEST_CASE(a_write_transaction_sees_its_own_writes_and_nobody_else_does_before_the_commit, scratch) {
    put("a", "old");
    write_txn txn(env);
    txn.put(entries, meta_key{"a"}, "new");
    BOOST_TEST(get(txn, "a") == "new");
    BOOST_TEST(get("a") == "old");
    txn.commit();
    BOOST_TEST(get("a") == "new");
}

BOOST_FIXTURE_TEST_CASE(a_write_transaction_without_commit_leaves_no_trace, scratch) {
    put("a", "old");
    const auto id = read([](const read_txn& txn) { return txn.id(); });
    {
        write_txn txn(env);
        txn.put(entries, meta_key{"a"}, "new");
        txn.put(entries, meta_key{"b"}, "new");
        BOOST_TEST(txn.erase(entries, meta_key{"a"}));
    }
    BOOST_TEST(get("a") == "old");
    BOOST_TEST(get("b") == "nothing");
    BOOST_TEST(read([](const read_txn& txn) { return txn.id(); }) == id);
    put("a", "new");  // and the next has its turn
    BOOST_TEST(get("a") == "new");
}

BOOST_FIXTURE_TEST_CASE(what_was_not_there_is_nothing_and_not_an_error, scratch) {
    write_txn txn(env);
    BOOST_TEST(get(txn, "a") == "nothing");
    BOOST_TEST(!txn.contains(entries, meta_key{"a"}));
    BOOST_TEST(!txn.erase(entries, meta_key{"a"}));
    BOOST_TEST(!txn.open<entries_table>("no such table").has_value());
}

BOOST_FIXTURE_TEST_CASE(a_scan_visits_what_has_the_prefix_in_order_until_it_is_told_to_stop, scratch) {
    for (const std::string_view name : {"b", "ab", "a", "abc", "ac", "b2", "aa"}) put(name, name);
    const auto scan = [&](std::string_view prefix, std::string_view last) {
        std::string seen;
        read([&](const read_txn& txn) {
            txn.scan(entries, prefix, [&](std::string_view key, std::string_view value) {
                BOOST_TEST(key == value);
                seen += std::string(key) + ' ';
                return key != last;
            });
        });
        return seen;
    };
    BOOST_TEST(scan("", "") == "a aa ab abc ac b b2 ");
    BOOST_TEST(scan("ab", "") == "ab abc ");
    BOOST_TEST(scan("b", "") == "b b2 ");
    BOOST_TEST(scan("", "ab") == "a aa ab ");
    BOOST_TEST(scan("c", "").empty());
    BOOST_TEST(scan("abcd", "").empty());
}

BOOST_FIXTURE_TEST_CASE(an_empty_table_is_scanned_without_a_visit, scratch) {
    read([&](const read_txn& txn) {
        txn.scan(entries, "", [](std::string_view, std::string_view) {
            BOOST_ERROR("there is nothing to visit");
            return true;
        });
        BOOST_TEST(txn.count(entries) == 0U);
    });
}

BOOST_FIXTURE_TEST_CASE(a_large_record_comes_back_whole, scratch) {
    std::string large(300 * 1024, 'x');
    large.front() = 'a', large.back() = 'z';
    put("large", large);
    BOOST_TEST((get("large") == large));
}

BOOST_FIXTURE_TEST_CASE(a_record_may_hold_any_byte_and_be_empty, scratch) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    put(every, every);
    put("empty", "");
    BOOST_TEST((get(every) == every));
    BOOST_TEST(get("empty").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
