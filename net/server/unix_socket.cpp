#include "net/server/unix_socket.hpp"

#include "net/server/listener.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

namespace pusherd::net {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& why) {
    throw cannot_listen("unix:" + path + ": cannot listen: " + why);
}

[[noreturn]] void fail(const std::string& path) { fail(path, std::strerror(errno)); }

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

connection_socket new_socket() {
    return connection_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

enum class found { nothing, dead_socket };

// Only a refused connection says that nobody listens: of a server that is busy, or another user's, nothing is known.
found look_at(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return found::nothing;
        fail(path);
    }
    if (!S_ISSOCK(status.st_mode)) fail(path, "there is a file that is no socket");
    const connection_socket probe = new_socket();
    const sockaddr_un address = address_of(path);
    if (::connect(probe.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        fail(path, "somebody listens there already");
    if (errno == ECONNREFUSED) return found::dead_socket;
    if (errno == ENOENT) return found::nothing;
    fail(path);
}

/// Two servers that find the same dead socket must not each replace it: a lock on its folder. Whoever may open the
/// folder can hold it, so nobody waits for it for long.
class folder_lock {
public:
    explicit folder_lock(const std::string& path)
        : folder_(::open(path.substr(0, path.rfind('/') + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        constexpr int tries = 200;
        constexpr std::chrono::milliseconds pause{10};
        for (int i = 0; i < tries && ::flock(folder_.descriptor(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++i)
            std::this_thread::sleep_for(pause);
    }

private:
    connection_socket folder_;  // a descriptor like any; the lock ends with it
};

std::optional<gid_t> group_named(const std::string& path, const std::string& name) {
    if (name.empty()) return std::nullopt;
    group entry{};
    group* result = nullptr;
    std::vector<char> room(64 * 1024);
    if (::getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &result) != 0 || result == nullptr)
        fail(path, "there is no group '" + name + "'");
    return entry.gr_gid;
}

}  // namespace

socket_file::socket_file(std::string path) : path_(std::move(path)) {
    struct stat status {};
    if (::lstat(path_.c_str(), &status) != 0) return;
    device_ = status.st_dev;
    inode_ = status.st_ino;
}

socket_file::~socket_file() {
    struct stat status {};
    const bool is_ours = ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
    if (is_ours) ::unlink(path_.c_str());
}

unix_socket::unix_socket(std::string path, const socket_permissions& permissions)
    : path_(std::move(path)), mode_(permissions.mode), group_(group_named(path_, permissions.group)) {
    look_at(path_);
}

// Nobody but its owner may connect before the permissions are there, whatever the umask, and nobody at all before the
// last step.
unix_socket::opened unix_socket::open() const {
    const folder_lock lock(path_);
    if (look_at(path_) == found::dead_socket && ::unlink(path_.c_str()) != 0) fail(path_);
    connection_socket socket = new_socket();
    const sockaddr_un address = address_of(path_);
    if (::bind(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(path_);
    auto file = std::make_unique<socket_file>(path_);
    if (group_ && ::lchown(path_.c_str(), static_cast<uid_t>(-1), *group_) != 0) fail(path_);
    if (::chmod(path_.c_str(), mode_) != 0) fail(path_);
    if (::listen(socket.descriptor(), SOMAXCONN) != 0) fail(path_);
    return {.socket = std::move(socket), .file = std::move(file)};
}

}  // namespace pusherd::net
