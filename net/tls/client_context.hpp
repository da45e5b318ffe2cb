#pragma once

#include "net/tls/server_context.hpp"

#include <filesystem>
#include <string>

namespace pusherd::net::tls {

/// One for clients: TLS 1.2 and 1.3, no renegotiation, no compression. It trusts everybody: see verify_server().
/// Throws unusable: there is no OpenSSL.
[[nodiscard]] context_ptr make_client_context();

/// From now on, servers must have a certificate that is vouched for; whose it must be, each connection says
/// (channel::expect()). As verify_server().
void verify_servers(ssl_ctx_st& context, const std::filesystem::path& authorities);

/// From now on, servers must have a certificate that is that host's (RFC 9525), and vouched for.
/// @param host a name, or an address without brackets
/// @param authorities a PEM file; one in it must vouch for the certificate. Empty: one of the system's
/// Throws unusable: nothing of use in the file.
void verify_server(ssl_ctx_st& context, const std::string& host, const std::filesystem::path& authorities);

}  // namespace pusherd::net::tls
