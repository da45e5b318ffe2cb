#pragma once

#include "domain/store.hpp"
#include "persistence/registry/database.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

/// Changes to the pushers of users, within the write transaction of the caller.
namespace pusherd::persistence {

/// Carries a set out: decides it by what the transaction sees, and does what was decided. A refused one has written
/// nothing.
[[nodiscard]] domain::result<domain::outcome> carry_out(write_txn& txn, const tables& all,
                                                        const domain::set_request& request);

/// Removes those pushers of the user that `is_doomed`, and says how many.
std::uint64_t remove_pushers(write_txn& txn, const tables& all, std::string_view user_id,
                             const std::function<bool(const registration&)>& is_doomed);

}  // namespace pusherd::persistence
