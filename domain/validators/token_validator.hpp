#pragma once

#include "domain/identity.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Who is it? Beside the store's own table of access tokens, others may know: a homeserver, or the service that issues
/// its tokens.
namespace pusherd::domain {

/// What a client has said of itself.
struct token_question {
    std::string token;  ///< never empty
    /// Whom an application service speaks for (client-server API, "Identity assertion"), even where nobody can be
    /// called that; nothing: it does not say.
    std::optional<std::string> asserted_user;
    std::optional<std::string> asserted_device;
    // For the validator's records, and its limits: it would see pusherd alone.
    std::string user_agent;     ///< empty: none
    std::string forwarded_for;  ///< X-Forwarded-For; empty: none

    [[nodiscard]] bool asserts_identity() const noexcept { return asserted_user || asserted_device; }
};

/// Whose session an access token is of.
struct valid_token {
    std::string user_id;
    std::string device_id;                          ///< empty: none
    std::optional<std::chrono::sys_seconds> until;  ///< when it ends of itself
    voucher by = voucher::validator;
};

/// The validator does not know the token.
struct unknown_token {
    bool soft_logout = false;  ///< the session is still there, and the client may log in to it again
};

/// The validator knows, and refuses: passed through to the client as it is.
struct refused_token {
    unsigned status;      ///< 400, 401 or 403
    std::string errcode;  ///< such as M_USER_LOCKED
    std::string error;
    std::optional<bool> soft_logout{};  ///< if it says so
};

/// The validator could not be asked, or what it said is no answer: nobody may be logged out for that.
struct no_verdict {
    std::string why;  ///< for the operator; names no token
};

using token_verdict = std::variant<valid_token, unknown_token, refused_token, no_verdict>;

/// A request of HTTP to a validator, without what every one has (Host, Content-Length …).
struct validator_request {
    std::string_view method;
    std::string target;                                            ///< behind what the validator's URL says
    std::vector<std::pair<std::string_view, std::string>> fields;  ///< no control characters in any value
    std::string body;
};

/// What came of it.
struct validator_answer {
    unsigned status;
    std::string body;
};

/// One who knows access tokens: puts the question, and understands the answer. Knows no socket: that is net's. Any
/// thread.
class token_validator {
public:
    virtual ~token_validator() = default;

    /// Whether its answer may depend on the identity that is asserted with the token.
    [[nodiscard]] virtual bool heeds_assertions() const noexcept = 0;

    /// The question; or the verdict on a token that it cannot be asked about.
    [[nodiscard]] virtual std::variant<validator_request, token_verdict> ask(const token_question& question) const = 0;

    [[nodiscard]] virtual token_verdict understand(const validator_answer& answer) const = 0;
};

}  // namespace pusherd::domain
