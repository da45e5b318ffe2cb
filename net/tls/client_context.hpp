#pragma once

#include "net/tls/server_context.hpp"

#include <filesystem>
#include <string>

namespace pusherd::net::tls {

/// One for clients of one server: TLS 1.2 and 1.3, the server's certificate verified, and that it is that host's
/// (RFC 9525).
/// @param host a name, or an address without brackets
/// @param authorities a PEM file; the certificate must be vouched for by one in it. Empty: by one of the system's
/// Throws unusable: there is no OpenSSL, or nothing of use in the file.
[[nodiscard]] context_ptr make_client_context(const std::string& host, const std::filesystem::path& authorities);

}  // namespace pusherd::net::tls
