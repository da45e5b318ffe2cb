#pragma once

#include "app/options.hpp"

namespace pusherd::app {

/// `pusherd serve`: serves until SIGTERM or SIGINT, then drains; a second signal ends it at once.
int serve(const common_options& common, const serve_options& options);

}  // namespace pusherd::app
