#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::domain {

/// What a pusher does with a notification: pokes a push gateway, or mails the user.
enum class pusher_kind : std::uint8_t { http = 1, email = 2 };

/// `http` or `email`, as on the wire.
[[nodiscard]] std::string_view to_string(pusher_kind kind) noexcept;

/// What names a pusher among those of one user.
struct pusher_key {
    std::string app_id;
    std::string pushkey;
};

/// A pusher as its owner gives and sees it (GET /pushers). `data` is JSON text, to the letter but for insignificant
/// whitespace: a parsed value would lose digits of numbers and the way strings were escaped.
struct pusher {
    pusher_key key;
    pusher_kind kind;
    std::string app_display_name;
    std::string device_display_name;
    std::string lang;
    std::optional<std::string> profile_tag;
    std::string data;
};

/// How the JSON object begins that a list shows for the pusher: with all that its owner has said of it, without the
/// last brace; show_state() ends it. The same pusher always gives the same bytes, so two pushers are equal if and only
/// if these are, and the bytes start with shown_key() of the pusher's key.
[[nodiscard]] std::string show(const pusher& what);

/// How what a list shows of a pusher with this key begins; no other key's begins so.
[[nodiscard]] std::string shown_key(const pusher_key& key);

/// What a list shows of a pusher beside what its owner has said of it (MSC3881).
struct pusher_state {
    pusher_kind kind = pusher_kind::http;
    bool enabled = true;           ///< false: it is not to be told of notifications
    std::string_view device_id{};  ///< of the device that it belongs to; empty: none
};

/// Appends the end of the JSON object that show() begins: `enabled` and `device_id`, each under the name that MSC3881
/// wants and under the one that it has until then. An email pusher belongs to the account: it shows no device.
void show_state(const pusher_state& state, std::string& out);

/// The name that `enabled` has in bodies and lists until MSC3881 is accepted.
inline constexpr std::string_view unstable_enabled = "org.matrix.msc3881.enabled";

}  // namespace pusherd::domain
