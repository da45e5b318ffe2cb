#pragma once

#include "domain/validators/token_validator.hpp"

#include <string>

namespace pusherd::domain {

/// How pusherd proves itself to an introspection endpoint.
struct introspection_credentials {
    std::string
        client_id;  ///< of a client of OAuth 2.0 (RFC 6749, 2.3.1: HTTP Basic); empty: the secret is a bearer token
    std::string secret;
};

/// The service that issues a homeserver's tokens, which is asked by OAuth 2.0 Token Introspection (RFC 7662), as the
/// Matrix Authentication Service answers it (MSC3861; scopes: MSC2967).
class introspection_validator final : public token_validator {
public:
    /// @param server_name the server that all users are of
    introspection_validator(std::string server_name, const introspection_credentials& credentials);

    [[nodiscard]] bool heeds_assertions() const noexcept override { return false; }
    [[nodiscard]] std::variant<validator_request, token_verdict> ask(const token_question& question) const override;
    [[nodiscard]] token_verdict understand(const validator_answer& answer) const override;

private:
    std::string server_name_;
    std::string authorization_;  // the field's value
};

}  // namespace pusherd::domain
