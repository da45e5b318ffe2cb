#include "net/tls/credentials.hpp"

#include "net/tls/channel.hpp"
#include "net/tls/server_context.hpp"
#include "net/tls/ticket_keys.hpp"

#include <mutex>
#include <utility>

namespace pusherd::net::tls {

struct credentials::state {
    certificate_files files;
    ticket_keys tickets;  // outlive a certificate, so that clients can go on with their sessions
    mutable std::mutex mutex;
    context_ptr context;

    [[nodiscard]] context_ptr current() const {
        const std::lock_guard lock(mutex);
        return context;
    }
};

struct credentials::renewal {
    certificate_files files;
    context_ptr context;
};

credentials::credentials(certificate_files files) : state_(std::make_unique<state>()) {
    adopt(*read(std::move(files)));
}

credentials::~credentials() = default;

void credentials::reload() { adopt(*read(state_->files)); }

std::shared_ptr<credentials::renewal> credentials::read(certificate_files files) const {
    context_ptr context = make_server_context(files, state_->tickets);
    return std::make_shared<renewal>(renewal{std::move(files), std::move(context)});
}

void credentials::adopt(renewal& read) noexcept {
    std::swap(state_->files, read.files);
    const std::lock_guard lock(state_->mutex);
    state_->context.swap(read.context);
}

bool credentials::is_another(const renewal& read) const noexcept {
    return !have_same_certificate(*read.context, *state_->current());
}

std::chrono::sys_seconds credentials::expiry() const noexcept { return expiry_of(*state_->current()); }

std::unique_ptr<channel> credentials::accept(const connection_socket& socket) const {
    const context_ptr context = state_->current();
    return std::make_unique<channel>(*context, socket, channel::side::server);
}

}  // namespace pusherd::net::tls
