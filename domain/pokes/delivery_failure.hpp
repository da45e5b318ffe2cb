#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::domain {

/// Why a poke did not come through. The numbers are stored.
enum class failure_kind : std::uint8_t {
    none = 0,
    name = 1,        ///< no address is known by the gateway's name
    connection = 2,  ///< no connection, or it broke before the answer was whole
    tls = 3,         ///< no handshake, or a certificate that is not trusted
    timeout = 4,     ///< no answer in time
    answer = 5,      ///< what came is no answer of HTTP; or a 2xx without a sound `rejected`, which is delivered
    status = 6,      ///< the gateway has answered with a status that is no success
    blocked = 7,     ///< pusherd may not connect to it
};

/// As the API and metrics have it: `none`, `name`, `connection` …
[[nodiscard]] std::string_view to_string(failure_kind kind) noexcept;

/// What went wrong last with a pusher.
struct delivery_failure {
    failure_kind kind = failure_kind::none;
    std::uint16_t status = 0;  ///< that the gateway answered; 0: it has not
    std::string text{};        ///< for the user and the operator, at most failure_text_bytes

    bool operator==(const delivery_failure&) const = default;
};

inline constexpr std::size_t failure_text_bytes = 512;

}  // namespace pusherd::domain
