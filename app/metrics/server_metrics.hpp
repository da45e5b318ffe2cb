#pragma once

#include "net/api/mas_calls.hpp"
#include "net/auth/authenticator.hpp"
#include "net/metrics/metrics_page.hpp"
#include "net/pokes/delivery.hpp"
#include "net/server/server.hpp"
#include "net/tls/credentials.hpp"
#include "persistence/registry/database.hpp"
#include "persistence/registry/lmdb_store.hpp"

#include <string>

namespace pusherd::app {

/// What GET /metrics tells of a running server: what its threads have counted, and what its database and the system say
/// when they are asked.
class server_metrics final : public net::metrics_page {
public:
    /// Whether this pusherd was built with them (PUSHERD_METRICS); without, there is nobody to serve a page to.
    [[nodiscard]] static bool are_built_in() noexcept;

    server_metrics(persistence::database& db, const persistence::lmdb_store& store) : db_(db), store_(store) {}

    /// Before the server starts; it must outlive this page's last use.
    void set_server(const net::server& server) noexcept { server_ = &server; }

    /// The same; nothing: it does not speak TLS.
    void set_credentials(const net::tls::credentials* credentials) noexcept { credentials_ = credentials; }

    /// The same; nothing: no validators are asked.
    void set_authenticator(const net::authenticator* validators) noexcept { validators_ = validators; }

    /// The same; nothing: MAS does not call.
    void set_mas_calls(const net::mas_calls* mas) noexcept { mas_ = mas; }

    /// The same; nothing: nobody sends pokes.
    void set_poke_delivery(const net::poke_delivery* pokes) noexcept { pokes_ = pokes; }

    void write(std::string& out) override;

private:
    persistence::database& db_;
    const persistence::lmdb_store& store_;
    const net::server* server_ = nullptr;
    const net::tls::credentials* credentials_ = nullptr;
    const net::authenticator* validators_ = nullptr;
    const net::mas_calls* mas_ = nullptr;
    const net::poke_delivery* pokes_ = nullptr;
};

}  // namespace pusherd::app
