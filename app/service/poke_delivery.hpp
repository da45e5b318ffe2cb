#pragma once

#include "app/configuration/options.hpp"
#include "domain/logger.hpp"
#include "domain/pokes/poke_store.hpp"
#include "net/pokes/delivery.hpp"

#include <memory>

namespace pusherd::app {

/// Begins to send what waits. All must outlive it. Throws command_failed for a `--gateway-ca` that is of no use.
[[nodiscard]] std::unique_ptr<net::poke_delivery> start_poke_delivery(const serve_options& options,
                                                                      domain::poke_store& store, domain::logger& log);

/// Sends tests alone, beside a server that may be running. The same holds.
[[nodiscard]] std::unique_ptr<net::poke_delivery> start_poke_tester(const domain::set_policy& policy,
                                                                    const poke_options& options,
                                                                    domain::poke_store& store, domain::logger& log);

}  // namespace pusherd::app
