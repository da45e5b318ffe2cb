#pragma once

#include <string_view>

namespace pusherd::app {

/// Tells the service manager how the service is, such as `READY=1` (sd_notify(3)). Does nothing where there is none.
///
/// By hand: the protocol is one datagram, documented as stable, and libsystemd would bring five libraries along for it.
void notify_service_manager(std::string_view state) noexcept;

}  // namespace pusherd::app
