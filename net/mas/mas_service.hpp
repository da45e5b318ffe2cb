#pragma once

#include "domain/identity.hpp"
#include "domain/logger.hpp"
#include "net/api/mas_calls.hpp"
#include "net/upstream/upstream.hpp"

#include <memory>
#include <optional>
#include <string>

namespace pusherd::net {

class mas_relay;

/// MAS's calls, by the secret that it shares with the homeserver behind.
class mas_service final : public mas_calls {
public:
    struct options {
        std::string secret;
        std::string server_name;                        ///< of all users
        std::optional<upstream::options> homeserver{};  ///< that is told as well; nothing: nobody is
        std::string homeserver_name{};                  ///< for the log
    };

    mas_service(options how, domain::logger& log);
    ~mas_service() override;

    mas_service(const mas_service&) = delete;
    mas_service& operator=(const mas_service&) = delete;

    void start() override;
    [[nodiscard]] bool is_secret(std::string_view presented) const noexcept override;
    [[nodiscard]] domain::result<domain::session_end> read(endpoint call, std::string_view body) const override;
    [[nodiscard]] bool are_relayed() const noexcept override { return relay_ != nullptr; }
    void relay(pending_relay& call) noexcept override;
    void ask_whether_alive() noexcept override;
    [[nodiscard]] bool is_alive() const noexcept override;
    [[nodiscard]] std::optional<upstream_statistics> statistics() const override;
    void abort() noexcept override;

private:
    options how_;  // the secret goes once it is not needed any more
    domain::token_digest secret_;
    domain::logger& log_;
    std::unique_ptr<mas_relay> relay_;  // none: nobody is told
};

}  // namespace pusherd::net
