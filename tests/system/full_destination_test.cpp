// Backups, exports and imports onto a disk that is too small: one line, and nothing that looks better than it is. Needs
// root: it mounts a small tmpfs.

#include "tests/support/pusherd_folder.hpp"
#include "tests/support/small_filesystem.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

constexpr int pushers = 10'000;  // more than two mebibytes, whatever their form

std::string lines() {
    std::string all;
    for (int i = 0; i < pushers; ++i)
        all += R"({"user_id":"@user)" + std::to_string(i / 3) + R"(:example.org","created_ts":1,"updated_ts":2,)" +
               pusher_body("org.example.app", "key" + std::to_string(i)).substr(1) + '\n';
    return all;
}

struct small_disk {
    pusherd_folder folder;
    fs::path path = folder.file("disk");
    small_filesystem disk{path};

    [[nodiscard]] bool is_there() const {
        BOOST_WARN_MESSAGE(disk.is_mounted(), "skipped: a tmpfs cannot be mounted here");
        return disk.is_mounted();
    }

    static void check_full(const process_end& end) {
        BOOST_TEST(end.is_refusal(), end.status << end.err);
        BOOST_TEST(end.err.find("No space left") != std::string::npos, end.err);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(full_destination, small_disk)

BOOST_AUTO_TEST_CASE(a_backup_leaves_nothing) {
    if (!is_there()) return;
    folder.print({"import", "-"}, lines());
    check_full(folder.run({"backup", (path / "backup").string()}));
    BOOST_TEST(fs::is_empty(path));
    fs::create_directory(path / "empty");
    check_full(folder.run({"backup", (path / "empty").string()}));
    BOOST_TEST(fs::is_empty(path / "empty"));
    BOOST_TEST(folder.print({"verify"}).starts_with("ok: "));
}

BOOST_AUTO_TEST_CASE(an_export_fails) {
    if (!is_there()) return;
    folder.print({"import", "-"}, lines());
    check_full(run_pusherd({.arguments = {"export", "--data", folder.data().string()}, .output_to = path / "export"}));
}

BOOST_AUTO_TEST_CASE(an_import_from_a_pipe_that_cannot_be_kept_imports_nothing) {
    if (!is_there()) return;
    check_full(run_pusherd({.arguments = {"import", "-", "--data", folder.data().string()},
                            .environment = {{"TMPDIR", path.string()}},
                            .input = lines()}));
    BOOST_TEST(!fs::exists(folder.data()));
    BOOST_TEST(fs::is_empty(path));
}

BOOST_AUTO_TEST_CASE(an_import_into_it_says_how_far_it_came_and_leaves_a_sound_database) {
    if (!is_there()) return;
    const std::string data = (path / "data").string();
    const process_end end = run_pusherd({.arguments = {"import", "-", "--data", data}, .input = lines()});
    BOOST_TEST(end.is_refusal(), end.status << end.err);
    BOOST_TEST(end.err.find("make room") != std::string::npos, end.err);
    BOOST_TEST(end.err.find("of 10000 pushers were imported") != std::string::npos, end.err);
    const process_end verified = run_pusherd({.arguments = {"verify", "--data", data}});
    BOOST_TEST(verified.out.starts_with("ok: "), verified.out << verified.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
