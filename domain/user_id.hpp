#pragma once

#include <string_view>

namespace pusherd::domain {

/// Whether the text is a Matrix user id, `@localpart:domain`, historical ones included (Matrix appendices, "User
/// Identifiers"): at most 255 bytes of UTF-8, any localpart without `:` and NUL, the empty one too.
[[nodiscard]] bool is_user_id(std::string_view text) noexcept;

/// Whether the text is a server name: a DNS name or an address, with or without a port (Matrix appendices, "Server
/// Name").
[[nodiscard]] bool is_server_name(std::string_view text) noexcept;

/// The server name of a valid user id: what follows its first colon.
[[nodiscard]] std::string_view server_of(std::string_view user_id) noexcept;

/// Whether the text can name a device: 1 to 255 bytes of UTF-8 without NUL.
[[nodiscard]] bool is_device_id(std::string_view text) noexcept;

}  // namespace pusherd::domain
