#pragma once

#include "domain/validators/token_validator.hpp"

#include <string_view>
#include <variant>

/// Whose e-mail address is it? A homeserver knows (client-server API, GET /_matrix/client/v3/account/3pid).
namespace pusherd::domain {

/// Asks for the addresses of who has the token; or the verdict on a token that nobody can be asked about.
[[nodiscard]] std::variant<validator_request, token_verdict> ask_for_addresses(const token_question& question);

/// The address is the user's own; or not.
struct address_finding {
    bool is_owned;
};

/// @param address compared without regard to case
/// @return what was found; or, of the token, that it is unknown or refused; or that this is no answer
[[nodiscard]] std::variant<address_finding, token_verdict> understand_addresses(const validator_answer& answer,
                                                                                std::string_view address);

}  // namespace pusherd::domain
