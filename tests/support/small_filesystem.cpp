#include "tests/support/small_filesystem.hpp"

#include <sched.h>
#include <sys/mount.h>

#include <fstream>
#include <string>

namespace pusherd::testing {

namespace fs = std::filesystem;

small_filesystem::small_filesystem(const fs::path& where) : where_(where) {
    fs::create_directories(where_);
    is_mounted_ = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                  ::mount("tmpfs", where_.c_str(), "tmpfs", 0, "size=2m") == 0;
}

small_filesystem::~small_filesystem() {
    if (is_mounted_) ::umount2(where_.c_str(), MNT_DETACH);
}

void small_filesystem::fill() const {
    std::ofstream file(filler(), std::ios::binary | std::ios::app);
    const std::string bytes(4096, 'x');
    while (file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) {
    }
}

void small_filesystem::make_room() const { fs::remove(filler()); }

}  // namespace pusherd::testing
