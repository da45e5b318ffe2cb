#pragma once

#include "domain/pusher.hpp"

#include <string>
#include <string_view>

/// Reads what show() has written.
namespace pusherd::domain {

/// The key that it begins with.
[[nodiscard]] pusher_key key_of_shown(std::string_view shown);

/// Its `data`, as it is kept: an object's JSON text. A view of `shown`.
[[nodiscard]] std::string_view data_of_shown(std::string_view shown);

/// The URL of the push gateway in such `data`; empty: none.
[[nodiscard]] std::string url_of_data(std::string_view data);

/// The host of the push gateway, in lower case, without its port and the brackets of an IPv6 address; empty for an
/// email pusher.
[[nodiscard]] std::string gateway_host_of_shown(std::string_view shown);

/// Whether its owner has given it a profile_tag.
[[nodiscard]] bool has_profile_tag(std::string_view shown);

}  // namespace pusherd::domain
