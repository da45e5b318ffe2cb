#include "app/metrics/poke_metrics.hpp"

#include "domain/pokes/delivery_failure.hpp"

#include <cstddef>

namespace pusherd::app {

// Each family in one piece, as the format wants it.
void write_pokes(const net::poke_delivery& pokes, prometheus_text& to) {
    const auto seen = pokes.statistics();
    to.family("pusherd_pokes_total", "counter", "Pokes that are done with, each for a pusher, by what came of them.");
    for (const auto& [gateway, at] : seen) {
        to.sample({{"gateway", gateway}, {"outcome", "delivered"}}, at.delivered);
        to.sample({{"gateway", gateway}, {"outcome", "rejected"}}, at.rejected);
        to.sample({{"gateway", gateway}, {"outcome", "dropped"}}, at.dropped);
    }
    to.family("pusherd_poke_failures_total", "counter", "Tries that failed, each for a pusher, by why.");
    for (const auto& [gateway, at] : seen)
        for (std::size_t kind = 1; kind < at.failed.size(); ++kind)
            if (at.failed[kind] != 0)
                to.sample({{"gateway", gateway}, {"kind", to_string(static_cast<domain::failure_kind>(kind))}},
                          at.failed[kind]);
    to.family("pusherd_pokes_under_way", "gauge", "Requests to push gateways that are not answered yet.");
    to.sample(pokes.under_way());
}

}  // namespace pusherd::app
