#pragma once

#include "domain/pokes/pusher_health.hpp"
#include "net/api/pending_poke_test.hpp"

#include <string>
#include <variant>

namespace pusherd::net {

/// The body of GET /_pusherd/v1/pushers.
[[nodiscard]] std::string health_body(const domain::users_health& health);

/// The body of the answer to POST /_pusherd/v1/pushers/test, for a pusher that there is.
[[nodiscard]] std::string test_body(const poke_test_outcome& outcome);

}  // namespace pusherd::net
