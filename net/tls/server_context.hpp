#pragma once

#include "net/tls/credentials.hpp"
#include "net/tls/ticket_keys.hpp"

#include <chrono>
#include <memory>

struct ssl_ctx_st;

namespace pusherd::net::tls {

/// OpenSSL's SSL_CTX: what connections have in common.
using context_ptr = std::shared_ptr<ssl_ctx_st>;

/// One for servers: TLS 1.2 and 1.3, in the spirit of Mozilla's "intermediate" (https://wiki.mozilla.org/Security/
/// Server_Side_TLS): forward secrecy and authenticated encryption alone, no renegotiation, no compression.
/// @param tickets must outlive it, and its connections
/// Throws unusable.
[[nodiscard]] context_ptr make_server_context(const certificate_files& files, ticket_keys& tickets);

/// When its certificate ends.
[[nodiscard]] std::chrono::sys_seconds expiry_of(const ssl_ctx_st& context) noexcept;

[[nodiscard]] bool have_same_certificate(const ssl_ctx_st& one, const ssl_ctx_st& other) noexcept;

}  // namespace pusherd::net::tls
