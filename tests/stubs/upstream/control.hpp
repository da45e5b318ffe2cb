#pragma once

#include "tests/stubs/upstream/messages.hpp"
#include "tests/stubs/upstream/upstream.hpp"

namespace pusherd::stubs {

/// Whether a request is one of those below, rather than one to the peer that the stub plays.
[[nodiscard]] bool is_control(const request& asked);

/// What a test tells the stub while it runs, or asks of it; 400 and a text where that cannot be understood:
///   PUT /_stub/answer    {endpoint, token, status, body, fields, is_of_application_service, wants_device_id_header}
///   DELETE /_stub/answer {token}                         at every endpoint
///   PUT /_stub/fault     {kind, delay_ms?, times?, token?}
///   POST /_stub/release                                  ends the fault, and lets go of those who are held
///   POST /_stub/close_idle                               closes kept connections; how many there were
///   GET, DELETE /_stub/requests                          those that have come; forgets them
[[nodiscard]] response control(const request& asked, upstream& peer);

}  // namespace pusherd::stubs
