#pragma once

#include "domain/rules.hpp"
#include "domain/set_command.hpp"

#include <cstddef>
#include <string>

namespace pusherd::net {

/// What the operator decides about the API.
struct api_settings {
    domain::user_limits user_limits;
    /// Where a refusal for too many pushers sends people (M_USER_LIMIT_EXCEEDED must say so).
    std::string info_uri = "https://spec.matrix.org/latest/client-server-api/#push-notifications";
    domain::set_policy set_policy;
    bool query_token = true;                              ///< the access token may stand in the query
    std::size_t max_body = 64 * 1024;                     ///< bytes
    std::size_t max_notify_body = std::size_t{16} << 20;  ///< the same, of notifications
    double set_rate = 10;                                 ///< sets a second and user; 0: no limit
    double set_burst = 50;                                ///< sets that may come at once
    bool log_requests = false;                            ///< a line for each
};

}  // namespace pusherd::net
