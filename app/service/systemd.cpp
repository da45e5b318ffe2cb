#include "app/service/systemd.hpp"

#include "domain/fixed_text.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace pusherd::app {

void notify_service_manager(std::string_view state) noexcept {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';  // a name in the abstract namespace (unix(7))

    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
    ::close(socket);
}

void notify_of_reload() noexcept {
    std::timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = std::uint64_t(now.tv_sec) * 1'000'000 + std::uint64_t(now.tv_nsec) / 1'000;
    domain::short_line state{"RELOADING=1\nMONOTONIC_USEC="};
    notify_service_manager(state.append_number(microseconds));
}

std::chrono::microseconds watchdog_time() noexcept {
    const bool is_for_us = std::getenv("WATCHDOG_PID") == nullptr || names_this_process("WATCHDOG_PID");
    const long long time = is_for_us ? number_in("WATCHDOG_USEC") : 0;
    return std::chrono::microseconds(time > 0 ? time : 0);
}

bool names_this_process(const char* variable) noexcept { return number_in(variable) == ::getpid(); }

long long number_in(const char* variable) noexcept {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return -1;
    const char* const end = text + std::strlen(text);
    long long number = -1;
    const auto read = std::from_chars(text, end, number);
    return read.ec == std::errc{} && read.ptr == end ? number : -1;
}

}  // namespace pusherd::app
