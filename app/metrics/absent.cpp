// What stands in this folder's place in a build without metrics (PUSHERD_METRICS=OFF): options and inherited sockets
// that ask for them are refused, so no page is ever asked for.

#include "app/metrics/server_metrics.hpp"

namespace pusherd::app {

bool server_metrics::are_built_in() noexcept { return false; }

void server_metrics::write(std::string&) {}

}  // namespace pusherd::app
