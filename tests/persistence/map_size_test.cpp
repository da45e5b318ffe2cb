// The map: full, changed while others read, and grown by another process.

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"
#include "persistence/records/keys.hpp"
#include "persistence/records/token_record.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <barrier>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::persistence {
namespace {

using entries_table = table<meta_key, meta_record>;

constexpr std::size_t mebibyte = 1 << 20;
const std::string block(10'000, 'x');

struct scratch {
    explicit scratch(const std::filesystem::path& folder) : env(folder, {.map_size = mebibyte, .sync = false}) {
        write_txn txn(env);
        entries = txn.create<entries_table>("entries");
        txn.commit();
    }

    environment env;
    entries_table entries;
};

void put_blocks(environment& env, const entries_table& into, int first, int count) {
    write_txn txn(env);
    for (int i = first; i < first + count; ++i) txn.put(into, meta_key{std::to_string(i)}, block);
    txn.commit();
}

std::uint64_t count_entries(environment& env, const entries_table& in) {
    return snapshot_reader(env)([&](const read_txn& txn) { return txn.count(in); });
}

bool is_map_full(const storage_error& error) { return error.is_map_full() && !error.is_fatal(); }

// In a process of its own: adds two mebibytes once it is told to.
void grow(const std::filesystem::path& folder, testing::rendezvous& parent) {
    parent.wait();
    environment env(folder, {.map_size = 8 * mebibyte, .sync = false});
    write_txn txn(env);
    const auto entries = txn.open<entries_table>("entries").value();
    for (int i = 0; i < 200; ++i) txn.put(entries, meta_key{std::to_string(i)}, block);
    txn.commit();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(map_size)

BOOST_AUTO_TEST_CASE(a_full_map_leaves_the_database_as_it_was_and_a_larger_one_takes_writes_again) {
    const testing::temporary_folder folder;
    scratch use(folder.path());
    put_blocks(use.env, use.entries, 0, 10);

    BOOST_CHECK_EXCEPTION(put_blocks(use.env, use.entries, 10, 1000), storage_error, is_map_full);
    BOOST_TEST(count_entries(use.env, use.entries) == 10U);
    BOOST_CHECK_EXCEPTION(put_blocks(use.env, use.entries, 10, 1000), storage_error, is_map_full);
    put_blocks(use.env, use.entries, 10, 1);  // what is small still fits
    BOOST_TEST(count_entries(use.env, use.entries) == 11U);

    use.env.change_map_size(32 * mebibyte);
    BOOST_TEST(use.env.map_size() == 32 * mebibyte);
    put_blocks(use.env, use.entries, 11, 1000);
    BOOST_TEST(count_entries(use.env, use.entries) == 1011U);
}

BOOST_AUTO_TEST_CASE(the_message_of_a_full_map_says_what_to_do) {
    const testing::temporary_folder folder;
    scratch use(folder.path());
    BOOST_CHECK_EXCEPTION(put_blocks(use.env, use.entries, 0, 1000), storage_error, [](const storage_error& error) {
        const std::string what = error.what();
        return what.find("--map-size") != std::string::npos && what.find('\n') == std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_map_never_becomes_smaller_than_what_is_in_it) {
    const testing::temporary_folder folder;
    scratch use(folder.path());
    use.env.change_map_size(8 * mebibyte);
    put_blocks(use.env, use.entries, 0, 300);
    use.env.change_map_size(mebibyte);
    BOOST_TEST(use.env.map_size() >= 300 * block.size());
    BOOST_TEST(count_entries(use.env, use.entries) == 300U);
}

BOOST_AUTO_TEST_CASE(pages_tells_how_much_of_the_map_is_free) {
    const testing::temporary_folder folder;
    scratch use(folder.path());
    const auto look = [&] { return snapshot_reader(use.env)([](const read_txn& txn) { return txn.pages(); }); };
    const page_use before = look();
    BOOST_TEST(before.map_bytes == mebibyte);
    put_blocks(use.env, use.entries, 0, 30);
    const page_use full = look();
    BOOST_TEST(full.free_bytes <= before.free_bytes - 30 * block.size());
    {
        write_txn txn(use.env);
        for (int i = 0; i < 30; ++i) BOOST_TEST(txn.erase(use.entries, meta_key{std::to_string(i)}));
        txn.commit();
    }
    BOOST_TEST(look().free_bytes >= full.free_bytes + 30 * block.size());
    BOOST_TEST(look().free_bytes < mebibyte);
}

BOOST_AUTO_TEST_CASE(readers_on_several_threads_go_on_while_the_map_changes) {
    constexpr int threads = 4;
    constexpr std::size_t changes = 50;
    const testing::temporary_folder folder;
    scratch use(folder.path());
    put_blocks(use.env, use.entries, 0, 20);

    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    std::barrier start(threads + 1);
    std::vector<std::thread> readers;
    for (int i = 0; i < threads; ++i)
        readers.emplace_back([&] {
            snapshot_reader reader(use.env);
            start.arrive_and_wait();
            while (!done)
                reader([&](const read_txn& txn) {
                    txn.scan(use.entries, "", [&](std::string_view, std::string_view value) {
                        if (value != block) ++wrong;
                        return true;
                    });
                });
        });
    start.arrive_and_wait();
    for (std::size_t i = 1; i <= changes; ++i) {
        use.env.change_map_size((i % 8 + 1) * mebibyte);
        put_blocks(use.env, use.entries, static_cast<int>(i % 20), 1);
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(use.env.map_size() == (changes % 8 + 1) * mebibyte);
}

BOOST_AUTO_TEST_CASE(readers_may_come_and_go_while_the_map_changes) {
    const testing::temporary_folder folder;
    scratch use(folder.path());
    put_blocks(use.env, use.entries, 0, 20);
    std::atomic<int> wrong = 0;
    std::barrier start(3);
    const auto read = [&] {
        start.arrive_and_wait();
        for (int i = 0; i < 200; ++i)
            if (count_entries(use.env, use.entries) != 20) ++wrong;
    };
    std::thread one(read);
    std::thread other(read);
    start.arrive_and_wait();
    for (std::size_t i = 0; i < 50; ++i) use.env.change_map_size((i % 8 + 1) * mebibyte);
    one.join();
    other.join();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(a_snapshot_adopts_a_map_that_another_process_has_grown) {
    const testing::temporary_folder folder;
    testing::child_process other([&](testing::rendezvous& parent) { grow(folder.path(), parent); });
    scratch use(folder.path());
    snapshot_reader idle(use.env);
    idle([](const read_txn&) {});
    other.signal();
    BOOST_REQUIRE(other.succeeds());

    BOOST_TEST(idle([&](const read_txn& txn) { return txn.count(use.entries); }) == 200U);
    BOOST_TEST(use.env.map_size() == 8 * mebibyte);
    put_blocks(use.env, use.entries, 200, 200);
    BOOST_TEST(count_entries(use.env, use.entries) == 400U);
}

BOOST_AUTO_TEST_CASE(a_write_adopts_a_map_that_another_process_has_grown) {
    const testing::temporary_folder folder;
    testing::child_process other([&](testing::rendezvous& parent) { grow(folder.path(), parent); });
    scratch use(folder.path());
    snapshot_reader idle(use.env);
    idle([](const read_txn&) {});
    other.signal();
    BOOST_REQUIRE(other.succeeds());

    put_blocks(use.env, use.entries, 200, 200);
    BOOST_TEST(idle([&](const read_txn& txn) { return txn.count(use.entries); }) == 400U);
}

BOOST_AUTO_TEST_CASE(several_threads_that_find_the_map_grown_by_another_process_all_go_on) {
    constexpr int threads = 4;
    const testing::temporary_folder folder;
    testing::child_process other([&](testing::rendezvous& parent) { grow(folder.path(), parent); });
    scratch use(folder.path());
    std::barrier grown(threads + 1);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < threads; ++i)
        readers.emplace_back([&] {
            snapshot_reader reader(use.env);
            reader([](const read_txn&) {});
            grown.arrive_and_wait();
            if (reader([&](const read_txn& txn) { return txn.count(use.entries); }) != 200) ++wrong;
        });
    other.signal();
    const bool grew = other.succeeds();
    grown.arrive_and_wait();
    for (std::thread& reader : readers) reader.join();
    BOOST_TEST(grew);
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
