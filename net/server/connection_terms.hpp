#pragma once

#include "net/api/routes.hpp"
#include "net/tls/credentials.hpp"

namespace pusherd::net {

/// On what terms a listener takes connections.
struct connection_terms {
    const tls::credentials* credentials = nullptr;  ///< with them they speak TLS alone; none: in the clear
    surface offered = surface::api;                 ///< what they may ask for
};

}  // namespace pusherd::net
