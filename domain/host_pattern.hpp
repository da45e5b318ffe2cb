#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::domain {

/// A host's name without the dots at its end, of which one says that it is a whole name.
[[nodiscard]] std::string_view without_last_dots(std::string_view name) noexcept;

/// In lower case, as far as it is ASCII: case makes no other host (RFC 4343).
[[nodiscard]] std::string in_lower_case(std::string_view name);

/// Whether there is nothing in it but letters of ASCII, digits, `-`, `_` and `.`, as there is in any name of a host.
[[nodiscard]] bool is_host_name(std::string_view text) noexcept;

/// Hosts by their names: `*` stands for any characters or none, dots among them, `?` for one, as in the lists of
/// servers that Matrix rooms have (m.room.server_acl). So `*.example.org` is every name below example.org, and not that
/// itself.
class host_pattern {
public:
    /// @param text in any case; a dot at its end is not looked at, as it makes no other name
    /// @return nothing if no name of a host is meant: with a scheme or a port, or a number behind the last dot, as an
    ///         address has
    [[nodiscard]] static std::optional<host_pattern> parse(std::string_view text);

    /// @param name in_lower_case(), without_last_dots()
    [[nodiscard]] bool matches(std::string_view name) const noexcept;

    bool operator==(const host_pattern&) const = default;

private:
    explicit host_pattern(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

}  // namespace pusherd::domain
