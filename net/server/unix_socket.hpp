#pragma once

#include "net/server/connection_socket.hpp"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

namespace pusherd::net {

/// Who may connect to a Unix socket: who may write to its file (unix(7)).
struct socket_permissions {
    mode_t mode = 0660;
    std::string group{};  ///< empty: the process's own
};

/// The file of a Unix socket. The destructor removes it, unless another has taken its place.
class socket_file {
public:
    /// @param path of a file that is there
    explicit socket_file(std::string path);
    ~socket_file();

    socket_file(const socket_file&) = delete;
    socket_file& operator=(const socket_file&) = delete;

private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

/// A Unix socket to listen on.
class unix_socket {
public:
    /// Looks whether it can be listened on, and changes nothing. Throws cannot_listen: somebody does already, what has
    /// the path is no socket, or there is no such group.
    unix_socket(std::string path, const socket_permissions& permissions);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    struct opened {
        connection_socket socket;  ///< does not block
        std::unique_ptr<socket_file> file;
    };

    /// Opens it for connections. What a server that was killed has left behind is replaced. Throws cannot_listen.
    [[nodiscard]] opened open() const;

private:
    std::string path_;
    mode_t mode_;
    std::optional<gid_t> group_;
};

}  // namespace pusherd::net
