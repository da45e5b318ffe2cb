#pragma once

#include "app/options.hpp"
#include "domain/logger.hpp"
#include "net/tls/credentials.hpp"

#include <memory>

namespace pusherd::app {

/// The certificate and key by which `serve` speaks TLS; nothing if no address to listen on wants that. Warns of a key
/// that others may read. Throws unusable_arguments and net::tls::unusable.
[[nodiscard]] std::unique_ptr<net::tls::credentials> load_credentials(const serve_options& options,
                                                                      domain::logger& log);

}  // namespace pusherd::app
