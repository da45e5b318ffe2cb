#pragma once

#include "app/logging/log.hpp"
#include "net/server/settings.hpp"
#include "net/server/unix_socket.hpp"
#include "net/tls/credentials.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace pusherd::app {

/// What every command takes.
struct common_options {
    std::filesystem::path data;           ///< `--data`
    std::optional<std::size_t> map_size;  ///< `--map-size`, in bytes; nothing: what is recorded
    std::string server_name;              ///< `--server-name`; empty: not given
    std::string config;                   ///< `--config`, or where the package has its own; empty: none
    bool core_dumps = false;              ///< `--core-dumps`
};

/// Who knows access tokens.
struct auth_options {
    std::vector<std::string> validators{"tokens"};  ///< `--auth`
    std::string client_id;                          ///< `--auth-client-id`; empty: not given
    std::filesystem::path secret_file;              ///< `--auth-secret-file`
    std::filesystem::path authorities;              ///< `--auth-ca`
    std::chrono::seconds cache{60};
    std::chrono::seconds stale{300};
    std::chrono::seconds timeout{5};
};

/// What the Matrix Authentication Service may call.
struct mas_options {
    std::filesystem::path secret_file;  ///< `--mas-secret-file`; empty: not given
    std::string upstream;               ///< `--mas-upstream`; empty: not given
};

/// How pokes are sent.
struct poke_options {
    bool are_sent = true;               ///< `--pokes`
    std::filesystem::path authorities;  ///< `--gateway-ca`; empty: the system's
};

/// What `serve` takes beside.
struct serve_options {
    std::vector<std::string> listen{"127.0.0.1:8008"};
    std::vector<std::string> metrics_listen;
    net::tls::certificate_files certificate;  ///< `--tls-cert`, `--tls-key`; empty: not given
    net::socket_permissions permissions;      ///< `--unix-mode`, `--unix-group`
    net::server_settings server;
    auth_options auth;
    mas_options mas;
    poke_options pokes;
    std::chrono::seconds drain{10};
    log_level level = log_level::info;
    log_format format = log_format::text;
};

/// All that a server is told, and how it is told anew: from the same flags and environment, and from the configuration
/// file as it is now. That throws what is one line for people.
struct serve_configuration {
    common_options common;
    serve_options serve;
};
using read_configuration = std::function<serve_configuration()>;

/// Where the database is if nobody says: under systemd in its state directory, else in the folder one stands in.
[[nodiscard]] std::filesystem::path default_data_folder();

/// Adds the options to a command. Each may also come from the environment, as PUSHERD_<OPTION>, and from a
/// configuration file: flags beat the environment, which beats the file.
void add_common_options(CLI::App& command, common_options& into);
/// Where push gateways may be, and who vouches for them.
void add_gateway_options(CLI::App& command, domain::set_policy& policy, poke_options& pokes);
void add_serve_options(CLI::App& command, serve_options& into);

}  // namespace pusherd::app
