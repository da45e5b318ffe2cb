// A data folder that is moved away under a mount of its own, as a service of systemd's has it.

#include "persistence/engine/folder_watch.hpp"

#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace pusherd::persistence {
namespace {

namespace fs = std::filesystem;

constexpr int not_permitted = 77;

// In a process of its own, whose mounts are nobody else's.
template <class Function>
int in_a_mount_namespace(Function&& checks) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ::_exit(not_permitted);
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(not_permitted);
        try {
            ::_exit(checks());
        } catch (...) {
            ::_exit(126);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_watched_folder)

BOOST_AUTO_TEST_CASE(the_mount_of_a_folder_is_found_by_its_number) {
    constexpr std::string_view mounts =
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "2 22 0:5 / /dev rw - devtmpfs udev rw\n"
        "222 22 8:1 /var/lib/private/a\\040b /var/lib/private/pusherd rw - ext4 /dev/sda1 rw\n";
    BOOST_TEST(root_of_mount(mounts, 22).value() == "/");
    BOOST_TEST(root_of_mount(mounts, 222).value() == "/var/lib/private/a\\040b");
    BOOST_TEST(!root_of_mount(mounts, 3));
    BOOST_TEST(!root_of_mount("", 22));
    BOOST_TEST(!root_of_mount("x\n\n22", 2));
    BOOST_TEST(root_of_mount("22", 22).value() == "");
}

BOOST_AUTO_TEST_CASE(its_own_path_tells_of_a_folder_without_a_mount) {
    const testing::temporary_folder parent;
    fs::create_directory(parent.path() / "data");
    folder_watch watch(parent.path() / "data");
    BOOST_TEST(watch.is_in_its_place());
    fs::rename(parent.path() / "data", parent.path() / "away");
    BOOST_TEST(!watch.is_in_its_place());
    fs::rename(parent.path() / "away", parent.path() / "data");
    BOOST_TEST(watch.is_in_its_place());
    BOOST_TEST(watch.is_in_its_place());
}

BOOST_AUTO_TEST_CASE(a_mount_that_goes_along_with_its_folder_is_noticed) {
    const testing::temporary_folder parent;
    const fs::path data = parent.path() / "data";
    const fs::path seen = parent.path() / "seen";
    fs::create_directory(data);
    fs::create_directory(seen);
    const int end = in_a_mount_namespace([&] {
        if (::mount(data.c_str(), seen.c_str(), nullptr, MS_BIND, nullptr) != 0) return not_permitted;
        folder_watch watch(seen);
        if (!watch.is_in_its_place()) return 1;
        fs::rename(data, parent.path() / "away");
        fs::create_directory(data);
        if (watch.is_in_its_place()) return 2;
        if (watch.is_in_its_place()) return 3;
        fs::remove(data);
        fs::rename(parent.path() / "away", data);
        if (!watch.is_in_its_place()) return 4;
        fs::rename(data, parent.path() / "again");
        return watch.is_in_its_place() ? 5 : 0;
    });
    if (end == not_permitted) {
        BOOST_TEST_MESSAGE("not tested: this process may not mount anything");
        return;
    }
    BOOST_TEST(end == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
