#pragma once

#include "domain/fixed_text.hpp"
#include "net/asio.hpp"
#include "net/http/request_head.hpp"

#include <string>

namespace pusherd::net {

/// A request as the log shows it (`--log-requests`): its method and target, of whose query the names alone are left,
/// for one of them has the access token as its value. Of path and names, what does not look like one of ours is `...`:
/// it may be a token in the wrong place. Cut short where it is long.
[[nodiscard]] std::string line_of(const request_head& head);

/// The same with its answer: `GET /_matrix/client/v3/pushers 200 in 0.112 ms`.
[[nodiscard]] domain::short_line answered_line(std::string_view line, unsigned status, clock::duration time) noexcept;

}  // namespace pusherd::net
