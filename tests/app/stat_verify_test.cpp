#include "persistence/registry/database.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>

namespace pusherd::testing {
namespace {

void fill(const pusherd_folder& folder) {
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org"));
    http_client bob = server.client(folder.issue("@bob:example.org"));
    (void)folder.issue("@nobody:example.org");
    for (const char* key : {"1", "2"}) BOOST_TEST(alice.set(pusher_body("org.example.app", key)).status == 200);
    BOOST_TEST(bob.set(pusher_body("org.example.app", "3")).status == 200);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stat)

BOOST_AUTO_TEST_CASE(it_counts_users_with_pushers_and_pushers_and_tokens) {
    const pusherd_folder folder;
    fill(folder);
    BOOST_TEST(folder.stat("users") == 2U);
    BOOST_TEST(folder.stat("pushers") == 3U);
    BOOST_TEST(folder.stat("tokens") == 3U);
    folder.print({"user", "remove", "@bob:example.org"});
    BOOST_TEST(folder.stat("users") == 1U);
    BOOST_TEST(folder.stat("pushers") == 2U);
    BOOST_TEST(folder.stat("tokens") == 2U);
}

BOOST_AUTO_TEST_CASE(it_shows_file_size_and_free_space_and_last_transaction_and_schema) {
    const pusherd_folder folder;
    fill(folder);
    BOOST_TEST(folder.stat("file_bytes") == std::filesystem::file_size(folder.data() / "data.mdb"));
    BOOST_TEST(folder.stat("map_free_bytes") < folder.stat("map_bytes"));
    BOOST_TEST(folder.stat("map_free_bytes") > 0U);
    BOOST_TEST(folder.stat("schema") == persistence::schema_version);
    BOOST_TEST(folder.stat("readers") == 1U);  // its own slot
    const auto before = folder.stat("last_transaction");
    (void)folder.issue("@alice:example.org");
    BOOST_TEST(folder.stat("last_transaction") == before + 1);
}

BOOST_AUTO_TEST_CASE(it_counts_what_waits_for_pushers) {
    const pusherd_folder folder;
    fill(folder);
    std::string token = folder.print({"token", "issue", "--service", "homeserver"});
    token.pop_back();
    BOOST_TEST(folder.stat("queues_waiting") == 0U);
    BOOST_TEST(folder.stat("pokes_waiting") == 0U);
    {
        pusherd_server server(folder.data());
        const auto told = [&](const std::string& user, const std::string& event) {
            return server.client(token)
                .post("/_pusherd/v1/notify",
                      R"({"user_id":")" + user + R"(","notification":{"event_id":")" + event + "\"}}")
                .body;
        };
        BOOST_TEST(told("@alice:example.org", "$1") == R"({"queued":2})");
        BOOST_TEST(told("@alice:example.org", "$2") == R"({"queued":2})");
        BOOST_TEST(told("@bob:example.org", "$1") == R"({"queued":1})");
    }
    BOOST_TEST(folder.stat("queues_waiting") == 3U);
    BOOST_TEST(folder.stat("pokes_waiting") == 5U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    folder.print({"user", "remove", "@alice:example.org"});
    BOOST_TEST(folder.stat("queues_waiting") == 1U);
    BOOST_TEST(folder.stat("pokes_waiting") == 1U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(json_is_one_object_on_one_line) {
    const pusherd_folder folder;
    fill(folder);
    const std::string printed = folder.print({"stat", "--json"});
    BOOST_TEST(printed.find('\n') == printed.size() - 1);
    BOOST_TEST(boost::json::parse(printed).is_object());
}

BOOST_AUTO_TEST_CASE(text_shows_the_same) {
    const pusherd_folder folder;
    fill(folder);
    const std::string printed = folder.print({"stat"});
    for (const char* name :
         {"users", "pushers", "tokens", "queues", "pokes", "file", "free", "reader", "transaction", "schema"})
        BOOST_TEST(printed.find(name) != std::string::npos, name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(verify)

BOOST_AUTO_TEST_CASE(a_sound_database_is_ok_with_counts) {
    const pusherd_folder folder;
    fill(folder);
    const std::string printed = folder.print({"verify"});
    BOOST_TEST(printed.starts_with("ok"));
    BOOST_TEST((numbers_in(printed) == std::vector<std::uint64_t>{2, 3, 3}), printed);
}

BOOST_AUTO_TEST_CASE(each_fault_is_a_line_and_the_exit_status_is_1) {
    const pusherd_folder folder;
    fill(folder);
    {
        persistence::database db(folder.data(), {.mode = persistence::open_mode::change});
        persistence::write_txn txn(db.env());
        BOOST_TEST(txn.erase(db.all().users, persistence::user_key{"@alice:example.org"}));
        txn.commit();
    }
    const process_end end = folder.run({"verify"});
    BOOST_TEST(end.status == 1);
    BOOST_TEST(end.out.find("ok") != 0U);
    BOOST_TEST(std::count(end.out.begin(), end.out.end(), '\n') == 2);  // the two pushers that the index still knows
    BOOST_TEST(end.err.find('\n') == end.err.size() - 1, end.err);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(commands_that_look)

// LMDB follows what a damaged page says out of its map, and into its own assertions.
BOOST_AUTO_TEST_CASE(whatever_is_damaged_verify_ends_by_itself) {
    const pusherd_folder folder;
    std::string lines;
    for (int i = 0; i < 1500; ++i)
        lines += "token-" + std::to_string(i) + "\t@user" + std::to_string(i) + ":example.org\tDEVICE\n";
    folder.print({"token", "import", "-"}, lines);
    const std::string sound = read_file(folder.data() / "data.mdb");
    std::mt19937 random(1);
    const auto any = [&](std::size_t first, std::size_t last) {
        return std::uniform_int_distribution(first, last)(random);
    };
    std::size_t beyond_reading = 0;
    for (int i = 0; i < 100; ++i) {
        std::string damaged = sound;
        const std::size_t page = any(2, sound.size() / 4096 - 1) * 4096;
        damaged.replace(page + any(0, i % 2 == 0 ? 48 : 4080), 16, std::string(16, i % 3 == 0 ? '\0' : '\xff'));
        write_file(folder.data() / "data.mdb", damaged);
        std::filesystem::remove(folder.data() / "lock.mdb");
        const process_end end = folder.run({"verify"});
        BOOST_TEST((end.status == 0 || end.status == 1), end.status << ": " << end.err);
        if (end.err.find("damaged beyond reading") != std::string::npos) ++beyond_reading;
    }
    BOOST_TEST(beyond_reading > 0U);
}

BOOST_AUTO_TEST_CASE(they_never_create_a_database) {
    const pusherd_folder folder;
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"stat"},
                                               {"stat", "--json"},
                                               {"verify"},
                                               {"export"},
                                               {"backup", folder.file("backup").string()},
                                               {"token", "list"},
                                               {"token", "list", "@alice:example.org"}}) {
        BOOST_TEST(folder.run(command).is_refusal());
        BOOST_TEST(!std::filesystem::exists(folder.data()));
        std::filesystem::create_directory(folder.data());
        BOOST_TEST(folder.run(command).is_refusal());
        BOOST_TEST(std::filesystem::is_empty(folder.data()));
        std::filesystem::remove(folder.data());
        BOOST_TEST(!std::filesystem::exists(folder.file("backup")));
    }
}

BOOST_AUTO_TEST_CASE(they_work_with_the_server_stopped_and_write_nothing) {
    const pusherd_folder folder;
    fill(folder);
    const auto before = folder.stat("last_transaction");
    folder.print({"verify"});
    folder.print({"export"});
    folder.print({"backup", folder.file("backup").string()});
    folder.print({"token", "list"});
    BOOST_TEST(folder.stat("last_transaction") == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
