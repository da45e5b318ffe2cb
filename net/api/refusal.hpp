#pragma once

#include "domain/error.hpp"
#include "domain/identity.hpp"
#include "net/api/routes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

enum class reading_fault : std::uint8_t;

/// Why an answer says no, as metrics name it.
enum class refusal_reason : std::uint8_t {
    malformed,
    not_encrypted,
    head_too_large,
    body_too_large,
    too_slow,
    not_found,
    method_not_allowed,
    missing_token,
    unknown_token,
    forbidden,
    refused_by_validator,
    nobody_to_ask,
    not_relayed,
    not_json,
    bad_json,
    missing_param,
    invalid_param,
    user_limit_exceeded,
    set_rate,
    test_rate,
    no_such_pusher,
    nobody_to_test,
    queue_full,
    too_many_connections,
    internal,
};
inline constexpr std::size_t refusal_reasons = 25;
static_assert(static_cast<std::size_t>(refusal_reason::internal) + 1 == refusal_reasons);

/// Its name.
[[nodiscard]] std::string_view to_string(refusal_reason reason) noexcept;

/// An answer that says no: a status, and an error object as Matrix has them (client-server API, 1.1.1 "Standard error
/// response").
struct refusal {
    unsigned status;
    refusal_reason reason;
    std::string errcode;
    std::string error;  ///< for people; names the field at fault. A 500 has none of its own, for want of memory
    std::optional<std::chrono::milliseconds> retry_after{};
    std::string_view allow{};     ///< with 405: the methods that the path knows
    std::string_view info_uri{};  ///< with M_USER_LIMIT_EXCEEDED
    /// The session is still there, and the client may log in to it again. M_UNKNOWN_TOKEN always says so or not.
    std::optional<bool> soft_logout{};
};

/// What a domain error is on the wire: the one place that knows both.
/// @param info_uri goes with errc::user_limit_exceeded
[[nodiscard]] refusal to_refusal(domain::error problem, std::string_view info_uri);

/// Nothing if a token of this role is good for what wants such access.
[[nodiscard]] std::optional<refusal> check_role(access wanted, domain::role who);

/// Refusals that have no domain error.
namespace refusals {
[[nodiscard]] refusal malformed();
/// @param body_limit what a body may have
[[nodiscard]] refusal unreadable(reading_fault fault, std::uint64_t body_limit);
[[nodiscard]] refusal not_encrypted();
[[nodiscard]] refusal head_too_large();
[[nodiscard]] refusal body_too_large(std::uint64_t limit);
[[nodiscard]] refusal too_slow();
[[nodiscard]] refusal not_found();
[[nodiscard]] refusal method_not_allowed(std::string_view allow);
[[nodiscard]] refusal missing_token(std::string_view why);
/// What a validator has said of a user, as it said it.
[[nodiscard]] refusal of_validator(unsigned status, std::string errcode, std::string error,
                                   std::optional<bool> soft_logout);
/// An email pusher is to be for an e-mail address that is not the user's.
[[nodiscard]] refusal address_of_somebody_else();
/// No validator knows the token, and one of them could not be asked.
[[nodiscard]] refusal nobody_to_ask(std::chrono::milliseconds retry_after);
/// A call of MAS's has been carried out here, and is to be made again for the homeserver behind.
[[nodiscard]] refusal not_relayed(std::chrono::milliseconds retry_after);
/// Somebody else makes it.
[[nodiscard]] refusal not_called_by_mas();
[[nodiscard]] refusal too_many_sets(std::chrono::milliseconds retry_after);
/// A poke is wanted for a test, and was not long ago.
[[nodiscard]] refusal too_many_tests(std::chrono::milliseconds retry_after);
/// There is no such pusher of the user's, or none that can be tested.
[[nodiscard]] refusal no_such_pusher();
/// A poke for a test cannot be sent now.
[[nodiscard]] refusal nobody_to_test(std::chrono::milliseconds retry_after);
[[nodiscard]] refusal too_many_connections();
[[nodiscard]] refusal internal() noexcept;
}  // namespace refusals

/// The error object of a 500, which says nothing of what is inside.
inline constexpr std::string_view internal_error_body = R"({"errcode":"M_UNKNOWN","error":"Internal server error."})";

/// The error object.
[[nodiscard]] std::string body_of(const refusal& no);

/// The header fields that go with it, as whole lines.
[[nodiscard]] std::string fields_of(const refusal& no);

}  // namespace pusherd::net
