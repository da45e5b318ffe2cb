#pragma once

#include "domain/store.hpp"
#include "persistence/registry/database.hpp"

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::persistence {

/// A line of a token file: `TOKEN<TAB>USER[<TAB>DEVICE]`.
struct token_line {
    std::string_view token;
    std::string_view user_id;
    std::string_view device_id;  ///< empty: none
};

/// What is wrong with a token file, for the operator.
struct import_problem {
    std::uint64_t line;  ///< counted from 1
    std::string what;    ///< without the token
};

/// Takes a line apart (without its end, CR included), and checks each part.
/// @return the parts, as views of the line, or what is wrong with it
[[nodiscard]] std::variant<token_line, std::string> parse_token_line(std::string_view line);

/// A token file, read, checked, hashed and sorted: all that can be done before the database is touched.
class token_file {
public:
    struct entry {
        domain::token_digest token;
        std::uint64_t line;
        std::string user_id;
        std::string device_id;
    };

    /// Reads the lines up to the end. Empty ones pass. A token that stands twice is fine for the same user (the later
    /// line's device counts), and a problem for another.
    /// @param server_name if not empty, every user must be one of this server
    [[nodiscard]] static std::variant<token_file, import_problem> read(std::istream& in, std::string_view server_name);

    /// Each token once, in the order of the digests.
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

private:
    std::vector<entry> entries_;
};

/// Imports a token file, all or nothing: however large it is, its tokens become valid at the same moment. Many short
/// transactions write them, so that a server's sets never wait for more than one of those; a last one makes them valid.
/// It is tiny, unless the file moves tokens that are valid already to other devices: that happens in it as well. What a
/// broken-off import leaves behind is not valid, and is cleared away by the next.
/// @return how many tokens the file has, or what is wrong: a token that another user has already, or a user of another
///         server than is recorded
[[nodiscard]] std::variant<std::uint64_t, import_problem> import_tokens(database& db, const token_file& file,
                                                                        domain::timestamp now);

/// Clears away what broken-off imports have left behind, unless an import is under way now.
void discard_broken_imports(database& db);

}  // namespace pusherd::persistence
