#pragma once

#include "app/metrics/prometheus_text.hpp"
#include "net/pokes/delivery.hpp"

namespace pusherd::app {

/// What came of pokes, by gateway.
void write_pokes(const net::poke_delivery& pokes, prometheus_text& to);

}  // namespace pusherd::app
