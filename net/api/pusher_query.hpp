#pragma once

#include "domain/error.hpp"
#include "domain/pusher_search.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pusherd::net {

/// What the query of an administrator's request says: which pushers, and which page of them.
struct pusher_query {
    domain::pusher_filter filter;
    domain::search_position from;
    std::size_t limit = 100;  ///< pushers of a page
    bool dry_run = true;      ///< of a removal: nothing is removed
};

/// Reads `user_id`, `app_id`, `pushkey`, `gateway_host`, `device_id`, `limit`, `from`, and for a removal `dry_run`. A
/// name that is not known is refused: a filter that was misspelt would mean more than was meant.
/// @return errc::invalid_param
[[nodiscard]] domain::result<pusher_query> read_pusher_query(std::string_view query, bool is_removal);

/// A position as a client sees it, opaque: what `from` takes.
[[nodiscard]] std::string to_text(const domain::search_position& position);

}  // namespace pusherd::net
