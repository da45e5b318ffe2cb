#pragma once

#include "domain/pokes/notification.hpp"
#include "domain/pusher.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::domain {

/// How a pusher wants to be told, by its `data`. Pushers at one URL share a request only where this is equal.
struct poke_style {
    bool event_id_only = false;  ///< `format`: ids and counts alone go out, and no tweaks (client-server API)
    bool hides_counts = false;   ///< MSC4076: no counts at all

    bool operator==(const poke_style&) const = default;
};

/// @param data a pusher's, as it is kept: an object's JSON text
[[nodiscard]] poke_style style_of(std::string_view data);

/// Whether a pusher of that style is told of it: of counts alone only where it does not hide them.
[[nodiscard]] bool concerns(poke_style style, const notification& what) noexcept;

/// A pusher in a request to its gateway. The views are of the caller.
struct poke_device {
    std::string_view app_id;
    std::string_view pushkey;
    std::int64_t pushkey_ts;  ///< seconds since 1970: of the last set that changed the pusher
    std::string_view data;    ///< as it is kept; goes out without its `url`
};

/// The body of POST /_matrix/push/v1/notify (Push Gateway API).
/// @param devices of that style; their pushkeys differ
[[nodiscard]] std::string render_poke(const notification& what, poke_style style, std::span<const poke_device> devices);

/// The pushkeys that a gateway's answer rejects; nothing: `rejected` is not there, or is no array of strings.
/// @param body as it came, of which only the beginning may have been read
[[nodiscard]] std::optional<std::vector<std::string>> rejected_in(std::string_view body);

}  // namespace pusherd::domain
