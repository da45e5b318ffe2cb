#include "tests/support/running_server.hpp"

#include "tests/support/exchange_recorder.hpp"

#include <thread>

namespace pusherd::testing {

net::server_settings running_server::default_settings() {
    net::server_settings settings;
    settings.threads = 4;
    settings.api.set_rate = 0;
    return settings;
}

running_server::running_server() : running_server(default_settings()) {}

running_server::running_server(net::server_settings settings, std::size_t map_size)
    : settings_(std::move(settings)), map_size_(map_size) {
    start();
}

running_server::running_server(net::server_settings settings, const net::tls::certificate_files& certificate)
    : settings_(std::move(settings)),
      map_size_(usual_map_size),
      credentials_(std::make_unique<net::tls::credentials>(certificate)) {
    start();
}

running_server::~running_server() { stop(); }

void running_server::start() {
    db_ = std::make_unique<persistence::database>(folder_.path() / "data",
                                                  persistence::database_options{.map_size = map_size_, .sync = false});
    store_ = std::make_unique<persistence::lmdb_store>(*db_, log_, persistence::committer::options{});
    server_ = std::make_unique<net::server>(settings_, *store_, log_);
    net::listening_sockets sockets({credentials_ ? "tls:127.0.0.1:0" : "127.0.0.1:0"});
    const std::string address = sockets.addresses().front();
    port_ = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    exchange_recorder::began_to_listen(port_);
    server_->start(std::move(sockets), credentials_.get());
}

void running_server::stop() {
    server_.reset();
    store_.reset();
    db_.reset();
}

void running_server::restart() {
    stop();
    start();
}

std::string running_server::token_as(domain::role who, const std::string& name) {
    return persistence::issue_token(*db_, {.user_id = name, .device_id = {}, .who = who}, 1);
}

std::string running_server::token(const std::string& user, const std::string& device) {
    return persistence::issue_token(*db_, {.user_id = user, .device_id = device}, 0);
}

}  // namespace pusherd::testing
