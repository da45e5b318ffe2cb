#pragma once

#include <chrono>
#include <string>

namespace pusherd::testing {

/// What a service manager listens on (sd_notify(3), NOTIFY_SOCKET): a datagram socket.
class notify_socket {
public:
    /// @param path of the socket, which must not exist; in the abstract namespace if it begins with @
    explicit notify_socket(const std::string& path);
    ~notify_socket();

    notify_socket(const notify_socket&) = delete;
    notify_socket& operator=(const notify_socket&) = delete;

    /// The next datagram; `nothing` if none comes within the time.
    [[nodiscard]] std::string receive(std::chrono::milliseconds within = std::chrono::minutes(1)) const;

    /// The next one but those that say that all is well (`WATCHDOG=1`).
    [[nodiscard]] std::string receive_news() const;

private:
    int socket_;
};

}  // namespace pusherd::testing
