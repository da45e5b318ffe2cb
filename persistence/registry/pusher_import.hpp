#pragma once

#include "persistence/registry/database.hpp"
#include "persistence/registry/token_import.hpp"

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

/// Imports of pushers: a file is read twice, once to check every line, and once more to write what they say, so that
/// neither a million pushers in memory nor a long transaction is needed, and a mistake in the last line is found before
/// anything is written.
///
/// The writing is not one transaction, as that of tokens is in its effect: a list is served from the one record that a
/// user has, so nothing can be prepared beside it and made valid in the end, and one transaction of all would hold a
/// server's sets up for as long as it takes. It writes whole users, in short transactions, and can be repeated: an
/// import that was broken off is begun anew, and what is there already is not written again.
namespace pusherd::persistence {

/// Is told now and then how far a reading has come, in pushers.
using import_progress = std::function<void(std::uint64_t done)>;

/// What a first reading has found out about a file of pushers, all of whose lines are good.
class checked_pushers {
public:
    /// Reads the lines up to the end, and checks each. Empty ones pass, and so do those that end as on Windows.
    /// @param server_name if not empty, every user must be one of this server
    [[nodiscard]] static std::variant<checked_pushers, import_problem> read(std::istream& in,
                                                                            std::string_view server_name,
                                                                            const import_progress& progress = {});

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// The first line whose user is of another server than this, if there is one.
    [[nodiscard]] std::optional<std::uint64_t> find_foreign(std::string_view server_name) const;

private:
    void add_server(std::uint64_t line, std::string_view server_name);

    std::uint64_t count_ = 0;
    std::string first_server_;               ///< of the first user
    std::uint64_t first_line_ = 0;           ///< its line; 0: there is none
    std::uint64_t line_of_another_one_ = 0;  ///< the first line of a user of another server than that; 0: there is none
};

/// An import that has written something and could not go on. what() says why, how far it came, and what to do.
class broken_off_import : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Writes the pushers of a file that was checked. Each takes the place of the one with its user, app_id and pushkey;
/// nobody is evicted, no cap is looked at, times are kept. Lines of one user that stand together are written together,
/// and stay in their order; where the user has others already, the time of registration decides who comes first.
/// @param in the same bytes as before; it is read from its beginning
/// @return how many pushers the file has; or a user of another server than is recorded, and then nothing was written
/// Throws broken_off_import; and what the database throws while nothing is written.
[[nodiscard]] std::variant<std::uint64_t, import_problem> import_pushers(database& db, std::istream& in,
                                                                         const checked_pushers& file,
                                                                         const import_progress& progress = {});

}  // namespace pusherd::persistence
