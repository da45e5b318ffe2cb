#pragma once

#include "domain/change.hpp"
#include "domain/pusher.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How administrators look for pushers, whoever they belong to.
namespace pusherd::domain {

/// Which pushers are meant: those for which all holds that is given.
struct pusher_filter {
    std::optional<std::string> user_id{};
    std::optional<std::string> app_id{};
    std::optional<std::string> pushkey{};
    std::optional<std::string> gateway_host{};  ///< of `data.url`: in lower case, without port and brackets
    std::optional<std::string> device_id{};

    /// Whether it means all pushers that there are.
    [[nodiscard]] bool is_empty() const noexcept {
        return !user_id && !app_id && !pushkey && !gateway_host && !device_id;
    }
};

/// A pusher as an administrator sees it. The views end with the call that shows it.
struct found_pusher {
    std::string_view user_id;
    timestamp created;
    timestamp updated;
    pusher_state state;      ///< its device as it is bound, of an email pusher as well
    std::string_view shown;  ///< show() of it
};

/// Whether the filter means this pusher.
[[nodiscard]] bool matches(const pusher_filter& filter, const found_pusher& pusher);

/// Where a search goes on: at this pusher of this user, or behind it where it is gone.
struct search_position {
    std::string user_id;
    std::uint32_t pusher = 0;

    bool operator==(const search_position&) const = default;
};

/// Sees what is found.
class search_visitor {
public:
    /// @return false to end here: the search goes on with this pusher another time
    [[nodiscard]] virtual bool visit(const found_pusher& pusher) = 0;

protected:
    ~search_visitor() = default;
};

}  // namespace pusherd::domain
