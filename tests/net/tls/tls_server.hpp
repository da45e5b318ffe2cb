#pragma once

#include "tests/net/wire.hpp"
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"

#include <string>

namespace pusherd::testing {

/// A server that speaks TLS alone, and a client of it.
struct tls_server {
    explicit tls_server(const net::server_settings& settings) : server(settings, certificate.write(folder.path())) {}
    tls_server() : tls_server(running_server::default_settings()) {}

    [[nodiscard]] http_connection connect() { return http_connection(server.port(), &client); }
    [[nodiscard]] http_client http(const std::string& token = {}) { return http_client(server.port(), token, &client); }
    [[nodiscard]] http_client http_of(const std::string& user) { return http(server.token(user)); }

    temporary_folder folder;
    test_certificate certificate;
    running_server server;
    tls_client client;
};

}  // namespace pusherd::testing
