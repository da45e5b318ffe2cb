#pragma once

#include <chrono>
#include <string_view>

/// What a service says to a service manager such as systemd. By hand: the protocol is environment variables and a
/// datagram, documented as stable, and libsystemd would bring five libraries along for it.
namespace pusherd::app {

/// Tells the service manager how the service is, such as `READY=1` (sd_notify(3)). Does nothing where there is none.
void notify_service_manager(std::string_view state) noexcept;

/// Tells it that the configuration is being read again, which the next `READY=1` ends (sd_notify(3), RELOADING=1).
void notify_of_reload() noexcept;

/// Within which time its watchdog wants to be told that all is well (sd_watchdog_enabled(3)); 0: there is none.
[[nodiscard]] std::chrono::microseconds watchdog_time() noexcept;

/// Whether a variable that the service manager sets, such as LISTEN_PID, names this process: it may have come from a
/// parent that it was meant for.
[[nodiscard]] bool names_this_process(const char* variable) noexcept;

/// The whole number that a variable of the environment holds; -1: none.
[[nodiscard]] long long number_in(const char* variable) noexcept;

}  // namespace pusherd::app
