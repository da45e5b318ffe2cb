#pragma once

#include "app/configuration/options.hpp"

namespace pusherd::app {

/// `pusherd serve`: serves until SIGTERM or SIGINT, then drains; a second signal ends it at once. On SIGHUP it reads
/// its options again.
int serve(const serve_configuration& configuration, const read_configuration& read_again);

}  // namespace pusherd::app
