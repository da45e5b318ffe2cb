#pragma once

#include "bench/load/request_writer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::bench {

/// How a client means harm.
enum class hostile_kind : std::uint8_t {
    slow_head,      ///< half a head, and then nothing
    byte_a_second,  ///< a head that comes a byte a second, and never ends
    slow_body,      ///< the head of a set, and none of its body
    never_read,     ///< many lists, of which no answer is read
    churn,          ///< connects, asks once or not at all, and leaves, by a close or a reset
};

inline constexpr std::array hostile_kinds{hostile_kind::slow_head, hostile_kind::byte_a_second, hostile_kind::slow_body,
                                          hostile_kind::never_read, hostile_kind::churn};

[[nodiscard]] std::string_view to_string(hostile_kind kind) noexcept;
[[nodiscard]] std::optional<hostile_kind> hostile_kind_named(std::string_view name) noexcept;

/// What one hostile connection does.
struct hostile_script {
    enum class leaving : std::uint8_t { never, when_connected, when_answered };

    std::string at_once{};   ///< sent as soon as it is connected
    std::string dripping{};  ///< then sent a byte a second, over and over
    bool reads = true;       ///< takes what the server says
    leaving leaves = leaving::never;
    bool resets = false;  ///< leaves by a reset
};

/// What the connections of this kind do, in turn.
/// @param token a user's, for those who need one to get as far as they want
[[nodiscard]] std::vector<hostile_script> scripts_of(hostile_kind kind, const target& where, const std::string& token);

}  // namespace pusherd::bench
