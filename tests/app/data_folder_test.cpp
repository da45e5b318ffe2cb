// Where the database is, and whose.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> issue{"token", "issue", "@alice:example.org"};
constexpr uid_t other_user = 65534;

boost::test_tools::assertion_result is_root(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result result(::geteuid() == 0);
    result.message() << "only root may give files away";
    return result;
}

class umask_of {
public:
    explicit umask_of(mode_t mask) : before_(::umask(mask)) {}
    ~umask_of() { ::umask(before_); }
    umask_of(const umask_of&) = delete;
    umask_of& operator=(const umask_of&) = delete;

private:
    mode_t before_;
};

void check_modes(const fs::path& folder) {
    BOOST_TEST(mode_of(folder) == 0700U);
    for (const auto& entry : fs::directory_iterator(folder)) BOOST_TEST(mode_of(entry) == 0600U, entry.path());
}

void check_owner(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        struct stat status {};
        BOOST_TEST_REQUIRE(::stat(entry.path().c_str(), &status) == 0);
        BOOST_TEST(status.st_uid == other_user, entry.path());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_folder)

BOOST_AUTO_TEST_CASE(the_default_is_pusherd_data_in_the_working_folder) {
    const temporary_folder folder;
    BOOST_TEST(run_pusherd({.arguments = issue, .working_folder = folder.path()}).status == 0);
    BOOST_TEST(fs::exists(folder.path() / "pusherd-data" / "data.mdb"));
    BOOST_TEST(run_pusherd({.arguments = {"stat"}, .working_folder = folder.path()}).status == 0);
}

BOOST_AUTO_TEST_CASE(the_default_under_systemd_is_the_state_directory) {
    const temporary_folder folder;
    const std::string state = (folder.path() / "state").string();
    for (const std::string& value : {state, state + ":/nonexistent/second"})
        BOOST_TEST(
            run_pusherd(
                {.arguments = issue, .environment = {{"STATE_DIRECTORY", value}}, .working_folder = folder.path()})
                .status == 0);
    BOOST_TEST(fs::exists(folder.path() / "state" / "data.mdb"));
    BOOST_TEST(!fs::exists(folder.path() / "pusherd-data"));
}

BOOST_AUTO_TEST_CASE(data_beats_the_state_directory) {
    const temporary_folder folder;
    std::vector<std::string> command = issue;
    command.insert(command.end(), {"--data", (folder.path() / "mine").string()});
    BOOST_TEST(
        run_pusherd({.arguments = command, .environment = {{"STATE_DIRECTORY", (folder.path() / "state").string()}}})
            .status == 0);
    BOOST_TEST(fs::exists(folder.path() / "mine" / "data.mdb"));
    BOOST_TEST(!fs::exists(folder.path() / "state"));
}

BOOST_AUTO_TEST_CASE(files_are_0600_in_a_folder_of_0700_whatever_the_umask) {
    for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{0277}, mode_t{0777}}) {
        const pusherd_folder folder;
        const umask_of umask(mask);
        BOOST_TEST_CONTEXT("umask " << mask) {
            BOOST_TEST(folder.run(issue).status == 0);
            check_modes(folder.data());
            BOOST_TEST(folder.run({"token", "import", "-"}, "token\t@alice:example.org\n").status == 0);
            check_modes(folder.data());
        }
    }
}

BOOST_AUTO_TEST_CASE(serve_and_import_create_the_database_as_private_as_token_issue) {
    const umask_of umask(0);
    const pusherd_folder served;
    pusherd_server server(served.data());
    check_modes(served.data());
    const pusherd_folder imported;
    imported.print({"token", "import", "-"}, "token\t@alice:example.org\n");
    check_modes(imported.data());
    const pusherd_folder restored;
    restored.print({"import", "-"});
    check_modes(restored.data());
}

BOOST_AUTO_TEST_CASE(what_any_command_creates_anew_is_private_whatever_the_umask) {
    const pusherd_folder folder;
    const umask_of umask(0);
    folder.print({"token", "import", "-"}, "one\t@alice:example.org\ntwo\t@alice:example.org\n");
    const std::vector<std::vector<std::string>> commands{{"stat"},
                                                         {"verify"},
                                                         {"export"},
                                                         {"backup", folder.file("backup").string()},
                                                         {"import", "-"},
                                                         {"token", "list"},
                                                         {"token", "issue", "@bob:example.org"},
                                                         {"token", "revoke", "one"},
                                                         {"user", "remove", "@alice:example.org"}};
    for (const auto& command : commands) BOOST_TEST_CONTEXT(command.front() << ' ' << command.back()) {
            fs::remove(folder.data() / "lock.mdb");
            fs::remove(folder.data() / "import.lock");
            folder.print(command);
            BOOST_TEST(fs::exists(folder.data() / "lock.mdb"));
            check_modes(folder.data());
        }
}

BOOST_AUTO_TEST_CASE(folders_above_are_created_if_need_be) {
    const temporary_folder folder;
    const fs::path data = folder.path() / "a" / "b" / "c";
    std::vector<std::string> command = issue;
    command.insert(command.end(), {"--data", data.string() + "/"});
    BOOST_TEST(run_pusherd({.arguments = command}).status == 0);
    check_modes(data);
}

BOOST_AUTO_TEST_CASE(run_as_root_commands_leave_files_to_the_folders_owner, *boost::unit_test::precondition(is_root)) {
    const pusherd_folder folder;
    fs::create_directory(folder.data());
    BOOST_TEST_REQUIRE(::chown(folder.data().c_str(), other_user, other_user) == 0);
    const auto check = [&](const std::vector<std::string>& command, const std::string& input = {}) {
        BOOST_TEST_CONTEXT(command[0] << ' ' << command.back()) {
            const process_end end = folder.run(command, input);
            BOOST_TEST(end.status == 0, end.err);
            check_owner(folder.data());
        }
    };
    check(issue);
    check({"token", "import", "-"}, "token\t@bob:example.org\n");
    fs::remove(folder.data() / "lock.mdb");
    check({"import", "-"});
    fs::remove(folder.data() / "lock.mdb");
    check({"token", "revoke", "token"});
    fs::remove(folder.data() / "lock.mdb");
    check({"user", "remove", "@alice:example.org"});
    fs::remove(folder.data() / "lock.mdb");
    pusherd_server server(folder.data());
    check_owner(folder.data());
}

// LMDB creates its lock file even for those who only look; the service could not open one of root's.
BOOST_AUTO_TEST_CASE(run_as_root_commands_that_look_leave_the_lock_file_to_the_folders_owner,
                     *boost::unit_test::precondition(is_root)) {
    const pusherd_folder folder;
    fs::create_directory(folder.data());
    BOOST_TEST_REQUIRE(::chown(folder.data().c_str(), other_user, other_user) == 0);
    folder.print(issue);
    for (const char* command : {"stat", "verify", "export"}) {
        fs::remove(folder.data() / "lock.mdb");
        folder.print({command});
        check_owner(folder.data());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
