#pragma once

#include "tests/stubs/upstream/asio.hpp"
#include "tests/stubs/upstream/upstream.hpp"

#if PUSHERD_TLS
#include <boost/asio/ssl/stream.hpp>
#endif

namespace pusherd::stubs {

/// Serves one connection until it ends. The peer outlives it.
[[nodiscard]] task<> converse(tcp_socket stream, upstream& peer);

#if PUSHERD_TLS
[[nodiscard]] task<> converse_by_tls(asio::ssl::stream<tcp_socket> stream, upstream& peer);
#endif

}  // namespace pusherd::stubs
