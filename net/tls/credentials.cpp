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

credentials::credentials(certificate_files files) : state_(std::make_unique<state>()) {
    reload(std::move(files));
}

credentials::~credentials() = default;

void credentials::reload() { reload(state_->files); }

void credentials::reload(certificate_files files) {
    context_ptr renewed = make_server_context(files, state_->tickets);
    state_->files = std::move(files);
    const std::lock_guard lock(state_->mutex);
    state_->context.swap(renewed);
}

std::unique_ptr<channel> credentials::accept(const connection_socket& socket) const {
    const context_ptr context = state_->current();
    return std::make_unique<channel>(*context, socket, channel::side::server);
}

}  // namespace pusherd::net::tls
