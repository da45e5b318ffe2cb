#pragma once

#include "domain/fixed_text.hpp"
#include "net/asio.hpp"
#include "net/http/request_head.hpp"

#include <string>

namespace pusherd::net {

/// A request as the log shows it (`--log-requests`): its method and target, of whose query the names alone are left.
/// One of them has the access token as its value, in whatever way that name is written. Cut short where it is long.
[[nodiscard]] std::string line_of(const request_head& head);

/// The same with its answer: `GET /_matrix/client/v3/pushers 200 in 0.112 ms`.
[[nodiscard]] domain::short_line answered_line(std::string_view line, unsigned status, clock::duration time) noexcept;

}  // namespace pusherd::net
