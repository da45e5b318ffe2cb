#pragma once

#include "domain/validators/token_validator.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::domain {

/// A homeserver, which is asked whose token it is by GET /_matrix/client/v3/account/whoami (client-server API, "Current
/// account information").
class homeserver_validator final : public token_validator {
public:
    /// @param server_name the server that all users are of
    explicit homeserver_validator(std::string server_name) : server_name_(std::move(server_name)) {}

    [[nodiscard]] bool heeds_assertions() const noexcept override { return true; }
    [[nodiscard]] std::variant<validator_request, token_verdict> ask(const token_question& question) const override;

    /// A token that is not known (401 M_UNKNOWN_TOKEN), and what else is said of the user (401 M_USER_LOCKED, 403), is
    /// an answer; everything else is none.
    [[nodiscard]] token_verdict understand(const validator_answer& answer) const override;

private:
    std::string server_name_;
};

/// Whether a token can stand in an Authorization field (RFC 6750, 2.1, and what else is visible ASCII).
[[nodiscard]] bool can_be_a_bearer_token(std::string_view token) noexcept;

/// What an answer other than 200 says of a token or of its user: that it is unknown (401 M_UNKNOWN_TOKEN), or refused
/// (401 M_USER_LOCKED, any 403); nothing: it says something else.
[[nodiscard]] std::optional<token_verdict> understand_refusal(unsigned status, const boost::json::object& body);

/// A GET as the client would make it: with its token, the identity that it asserts, and what else tells of it.
[[nodiscard]] validator_request get_as_client(std::string target, const token_question& question);

}  // namespace pusherd::domain
