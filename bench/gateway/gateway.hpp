#pragma once

#include "bench/gateway/options.hpp"

namespace pusherd::bench {

/// Serves as a push gateway until it is told to end, by a signal or as the options say: says on stderr where it
/// listens, shows on stdout what comes, and what has come in all at the end (with `json`, on stderr). On the calling
/// thread.
/// @return the exit status: 1 if nobody takes what it shows
/// Throws net::cannot_listen, net::tls::unusable and system_error.
[[nodiscard]] int run_gateway(const gateway_options& options);

}  // namespace pusherd::bench
