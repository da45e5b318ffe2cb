#pragma once

#include "domain/rules.hpp"
#include "domain/store.hpp"
#include "persistence/registry/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Looking things up, in a snapshot or in a write transaction alike. The views are the transaction's.
namespace pusherd::persistence {

/// Whether a token in the table is valid: not of an import that is still under way.
[[nodiscard]] bool is_valid(const read_txn& txn, const tables& all, const token_record& token);

/// The record of a token that was issued or imported, and not revoked, and is valid.
[[nodiscard]] std::optional<token_record> find_valid_token(const read_txn& txn, const tables& all,
                                                           const domain::token_digest& digest);

/// What is stored under a pusher key, for one user. The views are the transaction's.
struct set_context {
    digest128 key;                      ///< of the command's key
    std::string shown_key;              ///< what the bytes that a list shows of it begin with
    std::vector<registration> pushers;  ///< the user's, oldest first
    std::size_t own = 0;                ///< which of them has the key; their number if none has
    domain::facts known;                ///< the same, as the rules want it
};

/// When to find out whether other users hold the key: a look at another table.
enum class other_holders : std::uint8_t {
    always,
    if_all_else_is_so_already,  ///< for who only wants to know whether anything is to be written
};

struct decided_set {
    set_context context;
    domain::plan plan;
};

/// Decides a set on what the transaction sees, its access token included: errc::unknown_token if it is gone, or another
/// user's by now.
[[nodiscard]] domain::result<decided_set> decide_set(const read_txn& txn, const tables& all,
                                                     const domain::set_request& request, other_holders when);

}  // namespace pusherd::persistence
