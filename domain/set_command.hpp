#pragma once

#include "domain/error.hpp"
#include "domain/gateway_policy.hpp"
#include "domain/pusher.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pusherd::domain {

/// What a set says of whether its pusher is enabled (MSC3881), under each of the two names; nothing where it is silent,
/// or says null.
struct enabled_wish {
    std::optional<bool> stable{};    ///< `enabled`
    std::optional<bool> unstable{};  ///< `org.matrix.msc3881.enabled`

    /// Whether it says anything.
    [[nodiscard]] bool is_there() const noexcept { return stable || unstable; }
};

/// "Create this pusher, or make mine so": a set whose `kind` is not null.
struct upsert {
    pusher_key key;
    pusher_kind kind;
    std::string shown;       ///< show() of the pusher: all that is stored of what the client said
    bool append = false;     ///< true: other users' pushers with the same key stay
    enabled_wish enabled{};  ///< whether it is to be told of notifications
};

/// "Delete mine": a set whose `kind` is null.
struct removal {
    pusher_key key;
};

/// What POST /pushers/set asks for.
using set_command = std::variant<upsert, removal>;

[[nodiscard]] const pusher_key& key_of(const set_command& command) noexcept;

/// Which email pushers are taken; `owned`: those whose pushkey is an e-mail address of the user's own, as the
/// homeserver says, which is found out behind all checks of the body.
enum class email_policy : std::uint8_t { accept, refuse, owned };

/// What the operator allows, and forbids, beyond the specification.
struct set_policy {
    bool allow_insecure_gateways = false;               ///< http:// gateway URLs pass
    gateway_policy gateways{};                          ///< where these may lead
    email_policy email_pushers = email_policy::accept;  ///< `--email-pushers`
};

/// Checks what names a pusher: neither part is empty, has U+0000 or is no UTF-8, the pushkey has at most 512 bytes, the
/// app_id 64 characters.
/// @return nothing, or errc::invalid_param
[[nodiscard]] result<> check_pusher_key(const pusher_key& key);

/// Reads and checks the body of POST /pushers/set. Pure; the checks run in the order that the documentation gives,
/// and the first that fails is the answer: not_json, bad_json, missing_param or invalid_param. What forbids a pusher
/// forbids to keep it as it is, too; deleting one is always allowed.
/// Sizes of the whole body are the caller's business.
[[nodiscard]] result<set_command> parse_set_command(std::string_view body, const set_policy& policy);

}  // namespace pusherd::domain
