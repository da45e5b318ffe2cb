#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The source text of JSON. Boost.JSON 1.81 keeps values, not their text: 12345678901234567890123 becomes a double,
/// 0.10 becomes 0.1, an escape becomes the character, and the first of two equal keys is gone. What must come back to
/// the letter is cut out of the source instead. Every function here takes text that Boost.JSON has accepted.
namespace pusherd::domain::json_source {

/// One member of an object: its key as it is written between its quotes, and the source text of its value. The views
/// are into the source.
struct member {
    std::string_view written_key;
    std::string_view value;

    /// The key that this means, without its escapes.
    [[nodiscard]] std::string key() const;
    /// Whether it means that key.
    [[nodiscard]] bool is(std::string_view key) const;
};

/// What the string that `source` is the source of says, without its escapes; nothing if it is another value's.
[[nodiscard]] std::optional<std::string> text_of(std::string_view source);

/// The members of the object that `object` is the source of, in their order, those of equal keys included.
[[nodiscard]] std::vector<member> members_of(std::string_view object);

/// The source texts of the items of the array that `array` is the source of, in their order.
[[nodiscard]] std::vector<std::string_view> items_of(std::string_view array);

/// A key that stands twice among the members, or nothing.
[[nodiscard]] std::optional<std::string> repeated_key(const std::vector<member>& members);

/// The text without insignificant whitespace (RFC 8259, 2): every other byte stays.
[[nodiscard]] std::string compact(std::string_view text);

/// The text with every exponent of more than three digits cut short. Boost.JSON refuses 1e99999999999, which is JSON
/// (RFC 8259, 6); this is what it is asked about in its place.
[[nodiscard]] std::string with_short_exponents(std::string_view text);

}  // namespace pusherd::domain::json_source
