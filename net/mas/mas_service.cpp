#include "net/mas/mas_service.hpp"

#include "domain/mas_call.hpp"
#include "domain/sha256.hpp"
#include "domain/wipe.hpp"
#include "net/mas/relay.hpp"

#include <cstdlib>
#include <utility>

namespace pusherd::net {

mas_service::mas_service(options how, domain::logger& log)
    : how_(std::move(how)), secret_(domain::sha256(how_.secret)), log_(log) {}

mas_service::~mas_service() = default;

void mas_service::start() {
    if (how_.homeserver)
        relay_ = std::make_unique<mas_relay>(std::move(*how_.homeserver), how_.homeserver_name, how_.secret, log_);
    domain::wipe(how_.secret);
}

// What the time of the comparison tells is about digests, which lead back to no secret.
bool mas_service::is_secret(std::string_view presented) const noexcept { return domain::sha256(presented) == secret_; }

domain::result<domain::session_end> mas_service::read(endpoint call, std::string_view body) const {
    switch (call) {
        case endpoint::delete_device: return domain::parse_delete_device(body, how_.server_name);
        case endpoint::sync_devices: return domain::parse_sync_devices(body, how_.server_name);
        case endpoint::delete_user: return domain::parse_delete_user(body, how_.server_name);
        default: std::abort();  // none of MAS's
    }
}

void mas_service::relay(pending_relay& call) noexcept { relay_->put(call); }

void mas_service::ask_whether_alive() noexcept {
    if (relay_) relay_->ask_whether_alive();
}

bool mas_service::is_alive() const noexcept { return !relay_ || relay_->is_alive(); }

std::optional<upstream_statistics> mas_service::statistics() const {
    return relay_ ? std::optional(relay_->statistics()) : std::nullopt;
}

void mas_service::abort() noexcept {
    if (relay_) relay_->abort();
}

}  // namespace pusherd::net
