// `pusherd backup`: what people and their scripts see of it.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <string>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

const std::string app = "org.example.app";

struct used_folder : pusherd_folder {
    std::string token = issue("@alice:example.org", "PHONE");

    used_folder() {
        pusherd_server server(data());
        http_client alice = server.client(token);
        for (const char* key : {"1", "2", "3"}) BOOST_TEST(alice.set(pusher_body(app, key)).status == 200);
        BOOST_TEST(alice.set(removal_body(app, "2")).status == 200);
    }

    [[nodiscard]] std::string backup() const { return file("backup").string(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup, used_folder)

BOOST_AUTO_TEST_CASE(a_backup_says_nothing_and_is_good_as_data) {
    const process_end end = run({"backup", backup()});
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.out == "");
    BOOST_TEST(end.err == "");
    BOOST_TEST(run_pusherd({.arguments = {"verify", "--data", backup()}}).out == "ok: 1 users, 2 pushers, 1 tokens\n");
    pusherd_server server(backup());
    BOOST_TEST(pushkeys_in(server.client(token).get()) == "1 3 ");
    BOOST_TEST(server.client(token).set(pusher_body(app, "4")).field("pusherd-outcome") == "created");
}

BOOST_AUTO_TEST_CASE(files_are_0600_in_a_folder_of_0700_whatever_the_umask) {
    for (const mode_t mask : {mode_t{0}, mode_t{0277}, mode_t{0777}}) {
        const std::string folder = file("backup" + std::to_string(mask)).string();
        const mode_t before = ::umask(mask);
        const process_end end = run({"backup", folder});
        ::umask(before);
        BOOST_TEST(end.status == 0, end.err);
        BOOST_TEST(mode_of(folder) == 0700U);
        BOOST_TEST(mode_of(fs::path(folder) / "data.mdb") == 0600U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_one_line_and_exit_1_and_leaves_all_as_it_was) {
    print({"backup", backup()});
    write_file(file("file"), "");
    fs::create_directory(file("there"));
    fs::create_directory_symlink(file("there"), file("link"));
    const auto before = contents_of(backup());
    for (const fs::path& folder : {file("backup"), file("file"), file("link"), data(), data() / "in"}) {
        const process_end end = run({"backup", folder.string()});
        BOOST_TEST(end.is_refusal(), folder << ": " << end.status << end.out << end.err);
        BOOST_TEST(end.err.find(folder.string()) != std::string::npos, end.err);
    }
    BOOST_TEST((contents_of(backup()) == before));
    BOOST_TEST(fs::is_empty(file("there")));
    BOOST_TEST(!fs::exists(data() / "in"));
}

BOOST_AUTO_TEST_CASE(without_a_folder_to_make_the_arguments_are_unusable) {
    BOOST_TEST(run({"backup"}).is_refusal(2));
    BOOST_TEST(run({"backup", ""}).is_refusal(2));
    BOOST_TEST(run({"backup", backup(), "more"}).is_refusal(2));
}

BOOST_AUTO_TEST_CASE(a_backup_of_what_is_no_database_makes_nothing) {
    const std::string absent = file("absent").string();
    BOOST_TEST(run_pusherd({.arguments = {"backup", backup(), "--data", absent}}).is_refusal());
    BOOST_TEST(!fs::exists(absent));
    BOOST_TEST(!fs::exists(backup()));
}

BOOST_AUTO_TEST_CASE(a_database_that_is_cut_off_is_told) {
    for (int i = 0; i < 200; ++i) (void)issue("@user" + std::to_string(i) + ":example.org");
    fs::resize_file(data() / "data.mdb", 4 * 4096);
    fs::remove(data() / "lock.mdb");
    const process_end end = run({"backup", backup()});
    BOOST_TEST(end.is_refusal(), end.status << end.err);
    BOOST_TEST(!fs::exists(fs::path(backup()) / "data.mdb"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
