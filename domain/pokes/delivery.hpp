#pragma once

#include "domain/change.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What becomes of a poke, by what its gateway has answered.
namespace pusherd::domain {

/// The gateway has taken it.
struct delivered {
    std::vector<std::string> rejected;  ///< pushkeys whose pushers are to be removed
    bool is_sound = true;               ///< false: `rejected` is absent or broken
};

/// The gateway does not understand this notification: after a few tries it is dropped, and the next one goes out.
struct not_understood {};

/// It is to be sent again, and what is behind it waits.
struct to_be_retried {
    std::optional<std::chrono::seconds> after{};  ///< as the gateway wishes
};

using delivery_outcome = std::variant<delivered, not_understood, to_be_retried>;

/// @param status of HTTP
/// @param retry_after the field's value (RFC 9110, 10.2.3): seconds or a date; empty: none
/// @param body as much as was read of it
[[nodiscard]] delivery_outcome outcome_of(unsigned status, std::string_view retry_after, std::string_view body,
                                          timestamp now);

/// Tries of a notification that is not understood.
inline constexpr unsigned tries_of_what_is_not_understood = 3;
/// An event that is older is dropped: nobody wants to hear of it any more.
inline constexpr std::chrono::hours oldest_event{24};
inline constexpr std::chrono::seconds shortest_pause{1};
inline constexpr std::chrono::seconds longest_pause{3600};

/// How long to wait after so many failures in a row: a second at first, doubling up to an hour, anything between
/// nothing and that by chance, so that those that have failed together do not come back together; not less than the
/// gateway wishes, of which an hour counts.
/// @param failures from 1 on
/// @param chance of 0 to 1
[[nodiscard]] std::chrono::milliseconds pause_after(unsigned failures, std::optional<std::chrono::seconds> wished,
                                                    double chance) noexcept;

}  // namespace pusherd::domain
