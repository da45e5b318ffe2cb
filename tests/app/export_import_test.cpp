// `pusherd export` and `pusherd import`: what people and their scripts see of them.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

const std::string app = "org.example.app";

std::string line_of(const std::string& user, const std::string& pushkey, const std::string& more = {}) {
    return R"({"user_id":")" + user + R"(","created_ts":1,"updated_ts":2,)" + more +
           pusher_body(app, pushkey).substr(1) + "\n";
}

/// Alice and Bob have two pushers each, and share a key.
void fill(const pusherd_folder& folder) {
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org", "PHONE"));
    http_client bob = server.client(folder.issue("@bob:example.org"));
    for (const char* key : {"b", "a"}) BOOST_TEST(alice.set(pusher_body(app, key)).status == 200);
    for (const char* key : {"a", "c"}) BOOST_TEST(bob.set(pusher_body(app, key, "en", true)).status == 200);
}

void check_refused(const std::string& lines, std::string_view names) {
    const pusherd_folder folder;
    const process_end end = folder.run({"import", "-"}, lines);
    BOOST_TEST(end.is_refusal(), end.status << ": " << end.out << end.err);
    BOOST_TEST(end.err.find(names) != std::string::npos, names << " in " << end.err);
    BOOST_TEST(end.err.find("nothing was imported") != std::string::npos, end.err);
    BOOST_TEST(!fs::exists(folder.data()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(export_import)

BOOST_AUTO_TEST_CASE(an_export_is_a_line_a_pusher_and_says_nothing_else) {
    const pusherd_folder folder;
    fill(folder);
    const process_end end = folder.run({"export"});
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.err == "");
    BOOST_TEST(std::count(end.out.begin(), end.out.end(), '\n') == 4);
    BOOST_TEST(end.out.starts_with(R"({"user_id":"@alice:example.org","device_id":"PHONE","created_ts":1)"));
    BOOST_TEST(end.out == folder.print({"export"}));
}

BOOST_AUTO_TEST_CASE(where_an_export_cannot_be_written_it_is_one_line_and_exit_1) {
    const pusherd_folder folder;
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += line_of("@alice:example.org", std::to_string(i));
    folder.print({"import", "-"}, lines);
    BOOST_TEST_REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    // Reads a little of what is far more than a pipe holds, and goes away.
    std::thread reader([&] { BOOST_TEST(std::ifstream(folder.file("pipe")).get() == '{'); });
    const process_end closed =
        run_pusherd({.arguments = {"export", "--data", folder.data().string()}, .output_to = folder.file("pipe")});
    reader.join();
    BOOST_TEST(closed.is_refusal(), closed.status << closed.err);
    BOOST_TEST(closed.err.find("Broken pipe") != std::string::npos, closed.err);
    const process_end full =
        run_pusherd({.arguments = {"export", "--data", folder.data().string()}, .output_to = "/dev/full"});
    BOOST_TEST(full.is_refusal(), full.status << full.err);
    BOOST_TEST(full.err.find("No space left") != std::string::npos, full.err);
}

BOOST_AUTO_TEST_CASE(an_export_of_an_import_into_nothing_is_the_same_byte_for_byte) {
    const pusherd_folder from;
    fill(from);
    const std::string exported = from.print({"export"});
    const pusherd_folder to;
    const process_end end = to.run({"import", "-"}, exported);
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.out == "4\n");
    BOOST_TEST(end.err == "");
    BOOST_TEST(to.print({"export"}) == exported);
    BOOST_TEST(to.print({"verify"}) == "ok: 2 users, 4 pushers, 0 tokens\n");
    BOOST_TEST(to.print({"import", "-"}, exported) == "4\n");
    BOOST_TEST(to.print({"export"}) == exported);
}

BOOST_AUTO_TEST_CASE(a_running_server_sees_what_is_imported_and_what_is_set_is_exported) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    http_client alice = server.client(folder.issue("@alice:example.org"));
    BOOST_TEST(alice.set(pusher_body(app, "first")).status == 200);
    BOOST_TEST(pushkeys_in(alice.get()) == "first ");
    folder.print({"import", "-"}, line_of("@alice:example.org", "imported"));
    BOOST_TEST(pushkeys_in(alice.get()) == "imported first ");
    BOOST_TEST(alice.set(pusher_body(app, "imported")).field("pusherd-outcome") == "unchanged");
    BOOST_TEST(alice.set(removal_body(app, "imported")).field("pusherd-outcome") == "deleted");
    BOOST_TEST(folder.print({"export"}).find("\"first\"") != std::string::npos);
    BOOST_TEST(folder.print({"export"}).find("\"imported\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_imported_pusher_goes_with_its_device) {
    const pusherd_folder folder;
    (void)folder.issue("@alice:example.org", "PHONE");
    folder.print({"import", "-"}, line_of("@alice:example.org", "k", R"("device_id":"PHONE",)"));
    folder.print({"token", "revoke", "--user", "@alice:example.org", "--device", "PHONE"});
    BOOST_TEST(folder.print({"export"}) == "");
}

BOOST_AUTO_TEST_CASE(a_file_a_pipe_with_a_name_and_standard_input_are_read_alike) {
    const std::string lines = line_of("@alice:example.org", "1") + line_of("@bob:example.org", "2");
    const pusherd_folder folder;
    write_file(folder.file("lines"), lines);
    BOOST_TEST(folder.print({"import", folder.file("lines").string()}) == "2\n");
    BOOST_TEST(folder.print({"import", "-"}, lines) == "2\n");
    BOOST_TEST_REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    std::thread writer([&] { write_file(folder.file("pipe"), lines); });
    BOOST_TEST(folder.print({"import", folder.file("pipe").string()}) == "2\n");
    writer.join();
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_standard_input_is_gone_afterwards) {
    const pusherd_folder folder;
    fs::create_directory(folder.file("tmp"));
    const invocation import{.arguments = {"import", "-", "--data", folder.data().string()},
                            .environment = {{"TMPDIR", folder.file("tmp").string()}},
                            .input = line_of("@alice:example.org", "1")};
    BOOST_TEST(run_pusherd(import).out == "1\n");
    BOOST_TEST(fs::is_empty(folder.file("tmp")));
    fs::remove(folder.file("tmp"));
    BOOST_TEST(run_pusherd(import).is_refusal());
}

BOOST_AUTO_TEST_CASE(crlf_and_empty_lines_pass) {
    const pusherd_folder folder;
    std::string line = line_of("@alice:example.org", "1");
    line.insert(line.size() - 1, 1, '\r');
    BOOST_TEST(folder.print({"import", "-"}, "\r\n" + line + "\n") == "1\n");
    BOOST_TEST(folder.print({"import", "-"}) == "0\n");
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_named_and_nothing_is_imported_nor_created) {
    const std::string good = line_of("@alice:example.org", "1");
    check_refused(good + "\nnonsense\n", "line 3: the line is not JSON");
    check_refused(good + line_of("@bob:example.org", std::string(513, 'k')), "line 2: 'pushkey' must have at most 512");
    check_refused(good + line_of("alice", "k"), "line 2: 'user_id' must be");
    check_refused(good + line_of("@al\\tice:example.org", "k"), "line 2: 'user_id' must be");
    check_refused(good + line_of("@alice:example.org", "k", R"("device_id":"A\r",)"), "line 2: 'device_id' must have");
    check_refused(pusher_body(app, "k") + "\n", "line 1: Missing parameters: user_id, created_ts, updated_ts");
    check_refused(good + std::string(2 << 20, 'x'), "line 2: the line has more than 1 MiB");
}

BOOST_AUTO_TEST_CASE(a_bad_line_leaves_a_database_as_it_was) {
    const pusherd_folder folder;
    fill(folder);
    const auto before = folder.stat("last_transaction");
    BOOST_TEST(folder.run({"import", "-"}, line_of("@carol:example.org", "1") + "nonsense\n").is_refusal());
    BOOST_TEST(folder.stat("last_transaction") == before);
}

BOOST_AUTO_TEST_CASE(users_of_another_server_are_refused) {
    const std::string lines = line_of("@alice:example.org", "1") + line_of("@bob:example.com", "2");
    const pusherd_folder folder;
    const process_end named = folder.run({"import", "-", "--server-name", "example.org"}, lines);
    BOOST_TEST(named.is_refusal());
    BOOST_TEST(named.err.find("line 2") != std::string::npos, named.err);
    BOOST_TEST(!fs::exists(folder.data()));
    folder.print({"token", "issue", "@alice:example.org", "--server-name", "example.org"});
    const process_end recorded = folder.run({"import", "-"}, lines);
    BOOST_TEST(recorded.is_refusal());
    BOOST_TEST(recorded.err.find("line 2") != std::string::npos, recorded.err);
    BOOST_TEST(folder.stat("pushers") == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_one_line_and_exit_1) {
    const pusherd_folder folder;
    BOOST_TEST(folder.run({"import", folder.file("absent").string()}).is_refusal());
    BOOST_TEST(folder.run({"import", folder.file("").string()}).is_refusal());
    BOOST_TEST(
        run_pusherd({.arguments = {"import", "-", "--data", folder.data().string()}, .input_from = "/"}).is_refusal());
    BOOST_TEST(!fs::exists(folder.data()));
    BOOST_TEST(folder.run({"import"}).is_refusal(2));
    BOOST_TEST(folder.run({"export", "more"}).is_refusal(2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
