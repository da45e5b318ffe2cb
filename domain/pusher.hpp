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

/// The JSON object that a list shows for the pusher. The same pusher always gives the same bytes, so two pushers are
/// equal if and only if these are, and the bytes start with shown_key() of the pusher's key.
[[nodiscard]] std::string show(const pusher& what);

/// How what a list shows of a pusher with this key begins; no other key's begins so.
[[nodiscard]] std::string shown_key(const pusher_key& key);

}  // namespace pusherd::domain
