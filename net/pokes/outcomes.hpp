#pragma once

#include "domain/pokes/delivery_failure.hpp"
#include "domain/pokes/poke_result.hpp"
#include "domain/pokes/poke_store.hpp"

/// What delivery and tests of pushers say of an outcome in the same words.
namespace pusherd::net {

/// A status that is no success.
[[nodiscard]] domain::delivery_failure failure_of(unsigned status);

/// A 2xx without a sound `rejected`.
[[nodiscard]] domain::delivery_failure without_list();

/// A URL that leads nowhere.
[[nodiscard]] domain::delivery_failure without_host();

/// What came of something that was sent to a pusher now; of no poke that waits.
[[nodiscard]] domain::poke_result result_of(const domain::poke_target& to, domain::poke_result::what came);

}  // namespace pusherd::net
