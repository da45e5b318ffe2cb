#pragma once

#include "net/api/refusal.hpp"
#include "net/http/request_head.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// Takes the access token out of a request: from `Authorization: Bearer …` (RFC 6750, 2.1; the scheme in any case), or
/// from the query's `access_token`, percent-decoded, if `query_token` allows; then the query must not have two, nor
/// stand beside a header.
/// @param token where the token goes, never empty, if nothing is returned
/// @return nothing, or a 401 M_MISSING_TOKEN
[[nodiscard]] std::optional<refusal> find_access_token(const request_head& head, bool query_token, std::string& token);

/// The query without its access tokens: for who keeps it.
[[nodiscard]] std::string without_access_token(std::string_view query);

}  // namespace pusherd::net
