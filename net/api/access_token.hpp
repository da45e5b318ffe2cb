#pragma once

#include "net/api/refusal.hpp"
#include "net/http/request_head.hpp"

#include <string>
#include <variant>

namespace pusherd::net {

/// Takes the access token out of a request: from `Authorization: Bearer …` (RFC 6750, 2.1; the scheme in any case), or
/// from the query's `access_token`, percent-decoded, if `query_token` allows; then the query must not have two, nor
/// stand beside a header.
/// @return the token, never empty, or a 401 M_MISSING_TOKEN
[[nodiscard]] std::variant<std::string, refusal> find_access_token(const request_head& head, bool query_token);

}  // namespace pusherd::net
