// What is no database of this pusherd's: one clear line, exit 1, and every byte stays.

#include "persistence/records/bytes.hpp"
#include "persistence/registry/database.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

const std::vector<std::vector<std::string>> all_commands{{"serve", "--listen", "127.0.0.1:0"},
                                                         {"token", "issue", "@alice:example.org"},
                                                         {"token", "import", "-"},
                                                         {"token", "list"},
                                                         {"token", "revoke", "token"},
                                                         {"user", "remove", "@alice:example.org"},
                                                         {"stat"},
                                                         {"verify"}};

void check_refused(const pusherd_folder& folder, const std::string& because) {
    const auto before = contents_of(folder.data().parent_path());
    for (const auto& command : all_commands) BOOST_TEST_CONTEXT(command[0] << ' ' << command.back()) {
            const process_end end = folder.run(command);
            BOOST_TEST(end.is_refusal(), end.status << ": " << end.out << end.err);
            BOOST_TEST(end.err.find(folder.data().string()) != std::string::npos, end.err);
            BOOST_TEST(end.err.find(because) != std::string::npos, end.err);
            BOOST_TEST((contents_of(folder.data().parent_path()) == before));
        }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(refused_folders)

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused) {
    const pusherd_folder folder;
    (void)folder.issue("@alice:example.org");
    {
        persistence::database db(folder.data(), {.mode = persistence::open_mode::change});
        persistence::write_txn txn(db.env());
        std::string version;
        persistence::append(version, persistence::schema_version + 1);
        txn.put(db.all().meta, persistence::meta_key{"schema"}, version);
        txn.commit();
    }
    fs::remove(folder.data() / "lock.mdb");  // LMDB itself writes into one that nobody uses
    check_refused(folder, "schema " + std::to_string(persistence::schema_version + 1));
}

BOOST_AUTO_TEST_CASE(a_text_file_in_place_of_the_folder_is_refused) {
    const pusherd_folder folder;
    write_file(folder.data(), "precious\n");
    check_refused(folder, "folder");
}

BOOST_AUTO_TEST_CASE(a_text_file_in_place_of_the_database_is_refused) {
    for (const std::string& text : {std::string("precious\n"), std::string(100'000, 'x')}) {
        const pusherd_folder folder;
        fs::create_directory(folder.data());
        write_file(folder.data() / "data.mdb", text);
        check_refused(folder, "not a pusherd database");
    }
}

BOOST_AUTO_TEST_CASE(a_database_of_another_byte_order_is_refused) {
    const pusherd_folder folder;
    (void)folder.issue("@alice:example.org");
    std::string image = read_file(folder.data() / "data.mdb");
    std::string magic = "\xDE\xC0\xEF\xBE";  // of little-endian machines, such as this is one
    if constexpr (std::endian::native == std::endian::big) std::reverse(magic.begin(), magic.end());
    for (std::size_t at = image.find(magic); at < 64 * 1024; at = image.find(magic, at))
        std::reverse(image.begin() + static_cast<long>(at), image.begin() + static_cast<long>(at) + 4);
    write_file(folder.data() / "data.mdb", image);
    fs::remove(folder.data() / "lock.mdb");
    check_refused(folder, "byte order");
}

BOOST_AUTO_TEST_CASE(an_lmdb_of_another_program_is_refused) {
    const pusherd_folder folder;
    fs::create_directory(folder.data());
    {
        using persistence::meta_key;
        persistence::environment env(folder.data(), {.map_size = 1 << 20, .sync = false});
        persistence::write_txn txn(env);
        const auto theirs = txn.create<persistence::table<meta_key, persistence::meta_record>>("theirs");
        txn.put(theirs, meta_key{"precious"}, "data");
        txn.commit();
    }
    fs::remove(folder.data() / "lock.mdb");
    check_refused(folder, "not a pusherd database");
}

// Who may write to the folder could have root overwrite any file.
BOOST_AUTO_TEST_CASE(a_file_that_is_a_link_is_refused_and_what_it_leads_to_stays_as_it_is) {
    for (const char* name : {"data.mdb", "lock.mdb", "import.lock"}) {
        BOOST_TEST_CONTEXT(name) {
            const pusherd_folder folder;
            fs::create_directory(folder.data());
            write_file(folder.file("precious"), "data");
            fs::permissions(folder.file("precious"), fs::perms{0640});
            fs::create_symlink(folder.file("precious"), folder.data() / name);
            const process_end end = folder.run({"token", "issue", "@alice:example.org"});
            BOOST_TEST(end.is_refusal(), end.err);
            BOOST_TEST(end.err.find("symbolic link") != std::string::npos, end.err);
            BOOST_TEST(read_file(folder.file("precious")) == "data");
            BOOST_TEST((fs::status(folder.file("precious")).permissions() == fs::perms{0640}));
        }
    }
}

// Without its first pages, a database that has been used is no beginning of one.
BOOST_AUTO_TEST_CASE(what_is_left_of_a_database_is_refused_untouched) {
    const pusherd_folder folder;
    static_cast<void>(folder.issue("@alice:example.org"));
    std::string database = read_file(folder.data() / "data.mdb");
    std::fill_n(database.begin(), 8192, '\0');  // both meta pages
    write_file(folder.data() / "data.mdb", database);
    const process_end end = folder.run({"token", "issue", "@bob:example.org"});
    BOOST_TEST(end.is_refusal(), end.err);
    BOOST_TEST(end.err.find("restore a backup") != std::string::npos, end.err);
    BOOST_TEST((read_file(folder.data() / "data.mdb") == database));
}

BOOST_AUTO_TEST_CASE(what_is_half_created_is_put_aside_and_told_and_nothing_is_overwritten) {
    const pusherd_folder folder;
    fs::create_directory(folder.data());
    write_file(folder.data() / "data.mdb.half-created", "somebody's");
    for (const char* const name : {"data.mdb.half-created.2", "data.mdb.half-created.3"}) {
        write_file(folder.data() / "data.mdb", std::string(100, '\0'));
        const process_end end = folder.run({"token", "issue", "@alice:example.org"});
        BOOST_TEST(end.status == 0, end.err);
        BOOST_TEST(end.err.find(name) != std::string::npos, end.err);
        BOOST_TEST(read_file(folder.data() / name) == std::string(100, '\0'));
        BOOST_TEST(read_file(folder.data() / "data.mdb.half-created") == "somebody's");
        fs::remove(folder.data() / "data.mdb");
        fs::remove(folder.data() / "lock.mdb");
    }
    write_file(folder.data() / "data.mdb", "");
    pusherd_server server(folder.data());
    BOOST_TEST(server.process().errors().find("has been put aside") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_half_created_database_that_holds_nothing_is_made_anew) {
    const pusherd_folder folder;
    fs::create_directory(folder.data());
    write_file(folder.data() / "data.mdb", "");
    BOOST_TEST(folder.run({"stat"}).is_refusal());
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data());
    BOOST_TEST(server.client(token).get().status == 200);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_one_line) {
    for (const auto& command : all_commands) {
        std::vector<std::string> there = command;
        there.insert(there.end(), {"--data", "/proc/pusherd-data"});
        BOOST_TEST_CONTEXT(command[0] << ' ' << command.back()) {
            const process_end end = run_pusherd({.arguments = there});
            BOOST_TEST(end.is_refusal(), end.status << ": " << end.err);
            BOOST_TEST(end.err.find("/proc/pusherd-data") != std::string::npos, end.err);
        }
    }
}

BOOST_AUTO_TEST_CASE(with_a_port_in_use_one_line_says_so_and_the_data_folder_is_not_even_created) {
    const pusherd_folder first;
    pusherd_server server(first.data());
    const std::string address = "127.0.0.1:" + std::to_string(server.port());
    const pusherd_folder second;
    for (const std::vector<std::string>& listen :
         {std::vector<std::string>{"serve", "--listen", address},
          std::vector<std::string>{"serve", "--listen", "127.0.0.1:0", "--listen", address}}) {
        const process_end end = second.run(listen);
        BOOST_TEST(end.is_refusal(), end.status << ": " << end.err);
        BOOST_TEST(end.err.find(address) != std::string::npos, end.err);
        BOOST_TEST(!fs::exists(second.data()));
    }
    BOOST_TEST(server.client().get("/health").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
