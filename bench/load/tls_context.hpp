#pragma once

#include "bench/load/request_writer.hpp"

#include <filesystem>
#include <memory>

struct ssl_ctx_st;

namespace pusherd::bench {

/// What the connections to a server that speaks TLS have in common (OpenSSL's SSL_CTX). No session is resumed: each
/// connection is a whole handshake.
using tls_context = std::shared_ptr<ssl_ctx_st>;

/// None if the server speaks HTTP in the clear.
/// @param authority a PEM file; the server's certificate must be vouched for by one in it, and be the host's. Empty: by
///                  the system's, or by nobody if the host is this machine
/// Throws run_failed, and net::tls::unusable.
[[nodiscard]] tls_context make_tls_context(const target& where, const std::filesystem::path& authority);

}  // namespace pusherd::bench
