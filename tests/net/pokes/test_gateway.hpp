#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// A push gateway in this process, in the clear, on 127.0.0.1.
namespace pusherd::testing {

/// Waits for what must come sooner or later. @return false if it has not come within half a minute
template <class Condition>
[[nodiscard]] bool comes_true(Condition&& condition) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > latest) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

class test_gateway {
public:
    struct request {
        std::string head;
        std::string body;
    };
    using answer_function = std::function<std::string(const request&)>;

    [[nodiscard]] static std::string answer(unsigned status, const std::string& body = R"({"rejected":[]})",
                                            const std::string& fields = {}) {
        return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
               fields + "\r\n" + body;
    }

    /// @param how is called on threads of its own; it may wait
    explicit test_gateway(answer_function how = [](const request&) { return answer(200); }) : how_(std::move(how)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0) throw std::runtime_error("no socket");
        ::getsockname(listener_, any, &size);
        port_ = std::to_string(ntohs(address.sin_port));
        accepting_ = std::thread([this] { accept_all(); });
    }

    ~test_gateway() {
        is_ending_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        accepting_.join();
        for (const int each : connections_) ::shutdown(each, SHUT_RDWR);
        for (std::thread& each : serving_) each.join();
        for (const int each : connections_) ::close(each);
        ::close(listener_);
    }

    test_gateway(const test_gateway&) = delete;
    test_gateway& operator=(const test_gateway&) = delete;

    [[nodiscard]] std::string url(const std::string& host = "push.test") const {
        return "http://" + host + ':' + port_ + "/_matrix/push/v1/notify";
    }
    [[nodiscard]] const std::string& port() const noexcept { return port_; }

    [[nodiscard]] std::size_t connections() const noexcept { return accepted_; }

    [[nodiscard]] std::vector<request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void accept_all() {
        for (;;) {
            const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            ++accepted_;
            connections_.push_back(connection);
            serving_.emplace_back([this, connection] { serve(connection); });
        }
    }

    void serve(int connection) {
        std::string bytes;
        while (!is_ending_) {
            request next;
            if (!read(connection, bytes, next)) return;
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(next);
            }
            const std::string response = how_(next);
            if (::send(connection, response.data(), response.size(), MSG_NOSIGNAL) < 0) return;
        }
    }

    static bool read(int connection, std::string& bytes, request& into) {
        for (;;) {
            const std::size_t end = bytes.find("\r\n\r\n");
            if (end != std::string::npos && bytes.size() >= end + 4 + length_in(bytes.substr(0, end))) {
                into.head = bytes.substr(0, end + 2);
                into.body = bytes.substr(end + 4, length_in(into.head));
                bytes.erase(0, end + 4 + into.body.size());
                return true;
            }
            char room[4096];
            const auto count = ::recv(connection, room, sizeof room, 0);
            if (count <= 0) return false;
            bytes.append(room, static_cast<std::size_t>(count));
        }
    }

    static std::size_t length_in(std::string_view head) {
        constexpr std::string_view field = "Content-Length: ";
        const std::size_t at = head.find(field);
        std::size_t length = 0;
        if (at != std::string_view::npos)
            std::from_chars(head.data() + at + field.size(), head.data() + head.size(), length);
        return length;
    }

    answer_function how_;
    const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string port_;
    std::atomic<bool> is_ending_ = false;
    std::atomic<std::size_t> accepted_ = 0;
    mutable std::mutex mutex_;  // guards the requests
    std::vector<request> requests_;
    std::vector<int> connections_;  // of the thread that accepts, and once that has ended, of the destructor
    std::vector<std::thread> serving_;
    std::thread accepting_;
};

}  // namespace pusherd::testing
