#pragma once

#include "net/server/server.hpp"
#include "persistence/registry/lmdb_store.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/recording_logger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace pusherd::testing {

/// A whole server in this process: real sockets on a free port, a real LMDB in a temporary folder. Four threads, no
/// rate limit, unless a test says otherwise.
class running_server {
public:
    running_server();
    explicit running_server(net::server_settings settings, std::size_t map_size = usual_map_size);
    /// Speaks TLS, and nothing in the clear.
    running_server(net::server_settings settings, const net::tls::certificate_files& certificate);
    ~running_server();

    running_server(const running_server&) = delete;
    running_server& operator=(const running_server&) = delete;

    /// The settings of the default constructor.
    [[nodiscard]] static net::server_settings default_settings();

    /// Stops the server, closes the database, and starts both again on the same folder, on another port.
    void restart();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string token(const std::string& user, const std::string& device = {});
    /// A new one of a service, or of a user who may administer.
    [[nodiscard]] std::string token_as(domain::role who, const std::string& name);
    [[nodiscard]] http_client client_as(domain::role who, const std::string& name) {
        return client(token_as(who, name));
    }
    [[nodiscard]] http_client client(const std::string& token = {}) const { return http_client(port_, token); }
    [[nodiscard]] http_client client_of(const std::string& user) { return client(token(user)); }
    [[nodiscard]] persistence::database& db() noexcept { return *db_; }
    [[nodiscard]] net::server& server() noexcept { return *server_; }
    [[nodiscard]] recording_logger& log() noexcept { return log_; }

    [[nodiscard]] net::tls::credentials& credentials() noexcept { return *credentials_; }

private:
    static constexpr std::size_t usual_map_size = std::size_t{256} << 20;

    void start();
    void stop();

    temporary_folder folder_;
    net::server_settings settings_;
    std::size_t map_size_;
    recording_logger log_;
    std::unique_ptr<net::tls::credentials> credentials_;  // none: in the clear
    std::unique_ptr<persistence::database> db_;
    std::unique_ptr<persistence::lmdb_store> store_;
    std::unique_ptr<net::server> server_;
    std::uint16_t port_ = 0;
};

}  // namespace pusherd::testing
